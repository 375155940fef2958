namespace Dataplane.Inspection.Verify;

/// <summary>What is done with a TLS or SSH connection once it is encrypted.</summary>
public enum EncryptedTraffic : byte
{
    /// <summary>Payloads and streams are compared no more; headers and TLS handshakes are (Suricata's
    /// <c>encryption-handling: default</c>). SSH is left alone.</summary>
    Payload,

    /// <summary>Nothing of the connection is inspected any more (<c>bypass</c>).</summary>
    Flow,

    /// <summary>Everything goes on as before (<c>full</c>).</summary>
    Inspect,
}
