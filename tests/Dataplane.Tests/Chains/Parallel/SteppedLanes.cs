using Dataplane.Chains.Parallel;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>NFs on other cores without other cores: whenever the worker lets them, some of them take some
/// steps, by turns that a seed decides. So a schedule can be run again.</summary>
internal sealed class SteppedLanes(int seed) : ILaneHost
{
    private const int StepsMax = 4;
    private readonly List<ILane> _lanes = [];
    private readonly Random _random = new(seed);

    public long StepCount { get; private set; }

    public void Add(ILane lane) => _lanes.Add(lane);

    public void Remove(ILane lane) => _lanes.Remove(lane);

    public bool TryAbandon(ILane lane) => false;

    public void Wake()
    {
        for (int steps = _random.Next(StepsMax); steps > 0 && _lanes.Count > 0; steps--)
        {
            StepCount += _lanes[_random.Next(_lanes.Count)].Step() ? 1 : 0;
        }
    }

    public void Dispose() => _lanes.Clear();
}
