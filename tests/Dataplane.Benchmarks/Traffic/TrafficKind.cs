namespace Dataplane.Benchmarks.Traffic;

/// <summary>The sets of traffic that we generate.</summary>
public enum TrafficKind
{
    /// <summary>HTTP connections of several requests, some with an SQL injection.</summary>
    T1 = 1,

    /// <summary>A mix by packets: 30 % HTTP, the rest TLS, SSH and DNS.</summary>
    T2,

    /// <summary>Bulk: one request, a long download.</summary>
    T3,

    /// <summary>Short connections: one request, about ten packets.</summary>
    T4,
}
