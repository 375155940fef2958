using Dataplane.Chains;
using Dataplane.Chains.Parallel;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>A packet of the model: six fields, one checksum over all of them, and a flow.</summary>
internal sealed class ModelPacket(uint[] fields, uint flow)
{
    /// <summary>Place in the order of arrival.</summary>
    public uint Number { get; init; }

    public uint[] Fields { get; } = [.. fields];

    public uint Checksum { get; set; } = fields.Aggregate(0u, (sum, field) => sum + field);

    /// <summary>The flow as it came: what the first NF is given, whatever the second makes of it.</summary>
    public uint OriginalFlow { get; } = flow;

    public uint Flow { get; set; } = flow;

    public bool IsDropped { get; set; }

    /// <summary>What NFs said about it, for those that hear it.</summary>
    public List<(ushort Type, uint Value)> Events { get; } = [];
}

/// <summary>What NFs of the model share.</summary>
internal sealed class ModelWorld
{
    public Dictionary<string, uint> Stores { get; } = [];

    public Dictionary<string, List<uint>> Logs { get; } = [];
}

/// <summary>An NF that does exactly what its profile declares, in steps between which others may run.
/// </summary>
internal sealed class ModelFunction(NfRole role, ModelWorld world)
{
    private const int FieldCount = 6;
    private readonly uint[] _written = new uint[FieldCount];
    private uint _seen;
    private uint _checksum;
    private uint _order;
    private uint _memory;

    /// <summary>Reading, reckoning what to write, writing, and everything seen outside.</summary>
    public const int StepCount = 4;

    public bool IsFirst { get; init; }

    public void Step(int step, ModelPacket packet)
    {
        switch (step)
        {
            case 0:
                Read(packet);
                break;
            case 1:
                Reckon(packet);
                break;
            case 2:
                Write(packet);
                break;
            default:
                Show(packet);
                break;
        }
    }

    private void Read(ModelPacket packet)
    {
        NfProfile profile = role.Profile;
        uint seen = Mix(17, role.Name[0]);
        for (int field = 0; field < FieldCount; field++)
        {
            seen = Has(profile.Reads, field) ? Mix(seen, packet.Fields[field]) : seen;
        }

        uint flow = IsFirst ? packet.OriginalFlow : packet.Flow;
        seen = profile.KeysOnFlow ? Mix(seen, flow) : seen;
        _order = Mix(_order, packet.Number);
        seen = profile.IsOrderSensitive ? Mix(seen, _order) : seen;
        foreach ((ushort type, uint value) in packet.Events.Where(said => role.Hears.Contains(said.Type)))
        {
            seen = Mix(seen, Mix(type, value));
        }

        _seen = seen;
    }

    private void Reckon(ModelPacket packet)
    {
        _checksum = packet.Checksum;
        for (int field = 0; field < FieldCount; field++)
        {
            _written[field] = Mix(_seen, (uint)field + 1);
        }
    }

    private void Write(ModelPacket packet)
    {
        if (role.Changes != PacketFields.None)
        {
            for (int field = 0; field < FieldCount; field++)
            {
                if (Has(role.Changes, field))
                {
                    _checksum += _written[field] - packet.Fields[field];
                    packet.Fields[field] = _written[field];
                }
            }

            packet.Checksum = _checksum; // read before, written now: another's change in between is lost
        }

        packet.Flow = role.Profile.ChangesFlow ? Mix(_seen, 99) : packet.Flow;
        if (role.Profile.Drops != DropForm.None)
        {
            _memory = Mix(_memory, _seen); // what it decides depends on all that it has been shown
            packet.IsDropped |= _memory % 3 == 0;
        }
    }

    private void Show(ModelPacket packet)
    {
        NfProfile profile = role.Profile;
        if (profile.Effects != SideEffects.None)
        {
            world.Logs.TryAdd(role.Name, []);
            world.Logs[role.Name].Add(_seen);
        }

        if (profile.Store.Length > 0)
        {
            uint before = world.Stores.GetValueOrDefault(profile.Store);
            world.Stores[profile.Store] = profile.Sharing == StoreSharing.Exclusive
                ? Mix(before, _seen)
                : before + _seen;
        }

        packet.Events.AddRange(role.Publishes.Select(type => (type, _seen)));
    }

    private static bool Has(PacketFields fields, int field) => ((int)fields & (1 << field)) != 0;

    private static uint Mix(uint hash, uint value) => ((hash ^ value) * 0x9E37_79B1) ^ (hash >> 15);
}
