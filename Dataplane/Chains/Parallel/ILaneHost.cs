namespace Dataplane.Chains.Parallel;

/// <summary>Runs the NFs of one worker that are placed on other cores: threads, or whoever steps
/// them.</summary>
/// <remarks>The worker calls all members, from its own thread.</remarks>
public interface ILaneHost : IDisposable
{
    /// <summary>From now on the lane is run.</summary>
    void Add(ILane lane);

    /// <summary>Returns when nobody touches the lane any more.</summary>
    void Remove(ILane lane);

    /// <summary>Leaves a thread that hangs in this lane; false when none does.</summary>
    bool TryAbandon(ILane lane);

    /// <summary>There may be something to do for lanes that rest.</summary>
    void Wake();
}

/// <summary>An NF on another core, as its host sees it.</summary>
public interface ILane
{
    /// <summary>The core asked for; -1 when any will do.</summary>
    int Core { get; }

    /// <summary>True when something waits to be handled.</summary>
    bool HasWork { get; }

    /// <summary>A thread hangs in it and was left: if it ever comes back, it touches nothing more.</summary>
    bool IsLeft { get; set; }

    /// <summary>Handles all events of one packet and answers; false when there is nothing to do, or no room
    /// for what the NF might say.</summary>
    bool Step();
}
