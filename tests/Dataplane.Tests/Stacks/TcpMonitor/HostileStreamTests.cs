using System.Text;
using CsCheck;
using Dataplane.Events;
using Dataplane.Packets;
using Dataplane.Stacks;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>Segments and acknowledgments at any place, contradicting copies, holes of a gigabyte, numbers
/// that wrap: bytes and gaps are those of a model that keeps a letter for each offset.</summary>
public sealed class HostileStreamTests
{
    private const uint Server = 5_000_000;

    private static readonly Gen<Step> Steps =
        from kind in Gen.Int[0, 9]
        from delta in Gen.Int[-3000, 3000]
        from length in Gen.Int[1, 400]
        from bits in Gen.Int[26, 29]
        select new Step(kind, delta, length, bits);

    private static readonly Gen<uint> Initials = Gen.OneOf(
        Gen.UInt, Gen.Const(0u), Gen.Const(1u), Gen.Const(uint.MaxValue), Gen.Const(uint.MaxValue - 10),
        Gen.Const(0x7FFF_FFF0u));

    [Fact]
    public void Bytes_and_gaps_are_those_of_a_plain_model() =>
        Gen.Select(Initials, Gen.Enum<StreamBuffering>(), Steps.Array[1, 120]).Sample(
            (initial, kind, steps) =>
            {
                using StackBench bench = new();
                var model = new Model(kind);
                bench.Feed(Client(initial, TcpFlags.Syn, -1, []));
                bench.Feed(FromServer(initial, TcpFlags.Syn | TcpFlags.Ack, 0));
                bench.Stack.SetBuffering(StackBench.Slot, Side.Client, kind);
                for (int i = 0; i < steps.Length; i++)
                {
                    Take(bench, model, initial, steps[i], (byte)('A' + (i % 26)));
                }
                bench.End();
                model.End();

                Assert.Equal(model.Text, TextOf(bench));
                Assert.Equal(0u, bench.Stack.Streams.HeldSlabBytes);
                Assert.Equal(0u, bench.Stack.Streams.OpenCount);
            },
            iter: 1500);

    private static void Take(StackBench bench, Model model, uint initial, Step step, byte letter)
    {
        long near = Math.Max(0, model.Next + step.Delta);
        switch (step.Kind)
        {
            case 7:
                near = model.Next + (1L << step.Bits);
                goto default;
            case 8:
                bench.Feed(FromServer(initial, TcpFlags.Ack, near));
                model.Acknowledge(near);
                break;
            case 9:
                near = Math.Max(0, model.Highest + step.Delta);
                bench.Feed(FromServer(initial, TcpFlags.Ack, near));
                model.Acknowledge(near);
                break;
            default:
                byte[] bytes = [.. Enumerable.Repeat(letter, step.Length)];
                bench.Feed(Client(initial, TcpFlags.Psh | TcpFlags.Ack, near, bytes));
                model.Receive(near, bytes);
                break;
        }
    }

    /// <summary>Bytes as letters, a gap as its length in brackets.</summary>
    private static string TextOf(StackBench bench)
    {
        var text = new Text();
        ulong next = 0;
        foreach (SeenEvent e in bench.Of<DataReady>().Where(e => e.Record.Sender == Side.Client))
        {
            DataReady data = e.Body<DataReady>();
            Assert.Equal(next, data.Offset);
            next += data.Length;
            if (e.Record.TypeId == EventType<DataGap>.Id)
            {
                text.Gap(data.Length);
            }
            text.Add(e.Bytes);
        }
        return text.ToString();
    }

    private static Frame Client(uint initial, TcpFlags flags, long offset, byte[] payload) =>
        PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2")
            .Tcp(4000, 80, initial + 1 + unchecked((uint)offset), Server + 1, flags).Payload(payload).At(0);

    private static Frame FromServer(uint initial, TcpFlags flags, long offset) =>
        PacketBuilder.Ethernet().Ipv4("10.0.0.2", "10.0.0.1")
            .Tcp(80, 4000, flags.HasFlag(TcpFlags.Syn) ? Server : Server + 1,
                initial + 1 + unchecked((uint)offset), flags).At(0);

    private sealed record Step(int Kind, int Delta, int Length, int Bits);

    private sealed class Text
    {
        private readonly StringBuilder _text = new();
        private long _gap;

        public void Gap(long length) => _gap += length;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (!bytes.IsEmpty)
            {
                Close();
                _text.Append(Encoding.ASCII.GetString(bytes));
            }
        }

        public override string ToString()
        {
            Close();
            return _text.ToString();
        }

        private void Close()
        {
            _text.Append(_gap == 0 ? "" : $"[{_gap}]");
            _gap = 0;
        }
    }

    /// <summary>A letter for each offset that came before its turn, 0 where only its place is kept.</summary>
    private sealed class Model(StreamBuffering kind)
    {
        private readonly SortedDictionary<long, byte> _waiting = [];
        private readonly Text _text = new();
        private long _acknowledged;

        public long Next { get; private set; }

        public long Highest => _waiting.Count == 0 ? Next : _waiting.Last().Key + 1;

        public string Text => _text.ToString();

        public void Receive(long offset, byte[] bytes)
        {
            Pump(offset, bytes);
            while (kind == StreamBuffering.None && offset > Next)
            {
                Skip(_waiting.Count == 0 ? offset : Math.Min(offset, _waiting.First().Key));
                Pump(offset, bytes);
            }
            for (int i = 0; i < bytes.Length; i++)
            {
                if (offset + i >= Next && !_waiting.ContainsKey(offset + i))
                {
                    _waiting[offset + i] = kind == StreamBuffering.Map ? (byte)0 : bytes[i];
                }
            }
        }

        public void Acknowledge(long offset)
        {
            if (offset > Next)
            {
                _acknowledged = Math.Max(_acknowledged, offset);
                Pump(0, []);
            }
        }

        public void End()
        {
            _acknowledged = long.MaxValue;
            Pump(0, []);
        }

        /// <summary>What waits at the next offset, else what the segment has there; else, with something
        /// waiting, the next hole if it was acknowledged.</summary>
        private void Pump(long offset, byte[] bytes)
        {
            while (true)
            {
                long waiting = _waiting.Count == 0 ? long.MaxValue : _waiting.First().Key;
                long place = Next - offset;
                long hole = bytes.Length != 0 && offset > Next ? Math.Min(offset, waiting) : waiting;
                if (waiting == Next)
                {
                    Deliver(_waiting[waiting]);
                    _waiting.Remove(waiting);
                }
                else if (place >= 0 && place < bytes.Length)
                {
                    Deliver(bytes[place]);
                }
                else if (_waiting.Count != 0 && _acknowledged >= hole)
                {
                    Skip(hole);
                }
                else
                {
                    return;
                }
                while (_waiting.Count != 0 && _waiting.First().Key < Next)
                {
                    _waiting.Remove(_waiting.First().Key);
                }
            }
        }

        private void Deliver(byte letter)
        {
            if (letter == 0)
            {
                _text.Gap(1);
            }
            else
            {
                _text.Add([letter]);
            }
            Next++;
        }

        private void Skip(long offset)
        {
            _text.Gap(offset - Next);
            Next = offset;
        }
    }
}
