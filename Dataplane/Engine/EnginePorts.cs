using Dataplane.Contract.Configuration;
using Dataplane.Ports;
using Dataplane.Time;

namespace Dataplane.Engine;

/// <summary>The open ports of a revision, and which of them forward to which.</summary>
/// <remarks>Control thread. Ports that the next revision names alike are handed on,
/// not opened twice.</remarks>
public sealed class EnginePorts
{
    private readonly List<(PortDefinition Definition, OpenedPort Port)> _ports = [];
    private readonly int[] _partner;

    private EnginePorts(int count)
    {
        _partner = new int[count];
        Array.Fill(_partner, -1);
    }

    /// <summary>What people see of the ports.</summary>
    public IReadOnlyList<PortView> Views => [.. _ports.Select(p => ViewOf(p.Port))];

    /// <summary>True when an interface was made anew since its port was opened.</summary>
    public bool IsAnyReplaced => _ports.Exists(p => p.Port.IsReplaced());

    /// <summary>Opens the document's ports, or takes them over from <paramref name="before"/> where the same
    /// place of
    /// the document names the same device.</summary>
    /// <returns>Null when a port could not be opened; those opened for it are closed again.</returns>
    public static EnginePorts? Open(
        EngineRevision revision, PortFactory factory, IReadOnlyList<Clock> clocks, EnginePorts? before,
        ICollection<ConfigFault> faults)
    {
        ConfigurationDocument document = revision.Document;
        var ports = new EnginePorts(document.Ports.Count);
        var opened = new List<OpenedPort>();
        for (int i = 0; i < document.Ports.Count; i++)
        {
            OpenedPort? port = before?.Find(i, document.Ports[i]);
            if (port is null)
            {
                port = factory.Open(document.Ports[i], i, revision.BaseDirectory, clocks,
                    out ConfigFault? fault);
                if (port is null)
                {
                    faults.Add(fault!);
                    continue;
                }

                opened.Add(port);
            }

            ports._ports.Add((document.Ports[i], port));
        }

        if (faults.Count > 0)
        {
            opened.ForEach(Close);
            return null;
        }

        ports.Pair(document);
        return ports;
    }

    /// <summary>The pairs that a worker polls: its queue of each port.</summary>
    public PortPair[] PairsOf(int worker)
    {
        var pairs = new List<PortPair>();
        for (int i = 0; i < _ports.Count; i++)
        {
            IReadOnlyList<IPort> queues = _ports[i].Port.Queues;
            if (worker >= queues.Count)
            {
                continue;
            }

            IReadOnlyList<IPort>? egress = _partner[i] < 0 ? null : _ports[_partner[i]].Port.Queues;
            pairs.Add(new PortPair(queues[worker],
                egress is null ? null : egress[Math.Min(worker, egress.Count - 1)]));
        }

        return [.. pairs];
    }

    /// <summary>True when one worker polls everything, because no port has a second queue.</summary>
    public bool HaveOneQueueEach => _ports.TrueForAll(p => p.Port.Queues.Count == 1);

    /// <summary>True when both have the same ports, paired alike.</summary>
    public bool IsSameAs(EnginePorts other) =>
        _ports.Select(p => p.Port).SequenceEqual(other._ports.Select(p => p.Port))
        && _partner.SequenceEqual(other._partner);

    /// <summary>Closes the ports that <paramref name="next"/> has not taken over.</summary>
    public void CloseExcept(EnginePorts? next)
    {
        foreach ((PortDefinition _, OpenedPort port) in _ports)
        {
            if (next is null || !next._ports.Exists(p => p.Port == port))
            {
                Close(port);
            }
        }
    }

    private OpenedPort? Find(int index, PortDefinition definition) =>
        index < _ports.Count && _ports[index].Definition == definition && !_ports[index].Port.IsReplaced()
            ? _ports[index].Port
            : null;

    private void Pair(ConfigurationDocument document)
    {
        string[] ids = [.. document.Ports.Select(port => port.Id)];
        foreach (ChainDefinition chain in document.Chains.Where(chain => chain.Ports.Count == 2))
        {
            int one = Array.IndexOf(ids, chain.Ports[0]);
            int other = Array.IndexOf(ids, chain.Ports[1]);
            (_partner[one], _partner[other]) = (other, one);
        }
    }

    private static PortView ViewOf(OpenedPort port)
    {
        PortState state = port.ReadState();
        return new PortView(port.Queues[0], state.IsUp, string.Join(" ", state.Warnings));
    }

    private static void Close(OpenedPort port)
    {
        foreach (IPort queue in port.Queues)
        {
            queue.Dispose();
        }
    }
}
