namespace Dataplane.Events.Applications;

/// <summary>How far one direction of a transaction is; a buffer is there from the progress that
/// <see cref="AppBuffers"/> names.</summary>
/// <remarks>HTTP uses all. Others: Line = greeting or hello seen, Headers = certificates, keys or envelope
/// known, Body = content has begun, Complete = nothing more will come.</remarks>
public enum AppProgress : byte
{
    NotStarted,

    /// <summary>Bytes have come, but no whole line or message yet.</summary>
    Started,

    /// <summary>The start line is known.</summary>
    Line,

    /// <summary>All headers are known.</summary>
    Headers,

    /// <summary>Bytes of a body may be there.</summary>
    Body,

    /// <summary>The body is complete; trailing headers may follow.</summary>
    Trailer,
    Complete,
}
