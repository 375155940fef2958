namespace Persistence.Stores;

/// <summary>A notice as it was stored: its sequence number and its document as JSON.</summary>
public readonly record struct StoredNotice(long Seq, string Document);
