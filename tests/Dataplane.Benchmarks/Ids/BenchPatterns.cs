using Dataplane.Native.Vectorscan;

namespace Dataplane.Benchmarks.Ids;

/// <summary>The signature set compiled both ways; shared by all instances of bench-signature.</summary>
public sealed class BenchPatterns(PatternDatabase block, PatternDatabase streaming) : IDisposable
{
    /// <summary>For packets.</summary>
    public PatternDatabase Block => block;

    /// <summary>For byte streams.</summary>
    public PatternDatabase Streaming => streaming;

    public void Dispose()
    {
        block.Dispose();
        streaming.Dispose();
    }
}
