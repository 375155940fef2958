using Persistence.Stores;

namespace Persistence.Retention;

/// <summary>A file of notices with what it takes on disk, its write-ahead log included.</summary>
public readonly record struct StoredFile(EventFile File, long Bytes);
