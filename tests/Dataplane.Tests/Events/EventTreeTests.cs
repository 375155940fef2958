using System.Reflection;
using System.Runtime.InteropServices;
using Dataplane.Events;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Events;

public sealed class EventTreeTests
{
    [Fact]
    public void A_record_is_one_cache_line() => Assert.Equal(64, Marshal.SizeOf<EventRecord>());

    [Fact]
    public void Every_body_fits_and_begins_with_its_parents_body()
    {
        foreach (EventTypeEntry type in EventTree.Types)
        {
            Assert.True(Marshal.SizeOf(type.Body) <= EventTree.BodyBytesMax, type.Path);
            if (type.KindValue is not null)
            {
                Assert.Equal(EventTree.Types[type.Parent!.Value].Body, type.Body);
            }
            else if (type.Parent is { } parent && EventFields.Of(parent).Count > 0)
            {
                FieldInfo first = type.Body
                    .GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
                    .First(field => Marshal.OffsetOf(type.Body, field.Name) == 0);
                Assert.Equal(EventTree.Types[parent].Body, first.FieldType);
            }
        }
    }

    [Fact]
    public void A_type_is_below_exactly_its_ancestors()
    {
        foreach (EventTypeEntry type in EventTree.Types)
        {
            foreach (EventTypeEntry other in EventTree.Types)
            {
                bool expected = type.TreePath == other.TreePath
                    || type.TreePath.StartsWith(other.TreePath + "/", StringComparison.Ordinal);
                Assert.Equal(expected, EventTree.IsA(type.Id, other.Id));
            }
        }
    }

    [Fact]
    public void A_type_of_another_assembly_has_its_place_below_its_parent()
    {
        Assert.True(EventTree.TryFind("EVENT/STAT/PROBE", out ushort id));
        Assert.Equal(EventType<Probe>.Id, id);
        Assert.True(EventTree.IsA(id, EventType<StatEvent>.Id));
    }

    [Theory]
    [InlineData("EVENT/DPI_DETECT")]
    [InlineData("EVENT/IDS_ALERT")]
    [InlineData("EVENT/LONG_FLOW")]
    [InlineData("EVENT/DATA_RDY")]
    [InlineData("EVENT/PKT/TCP")]
    [InlineData("EVENT/PKT")]
    [InlineData("EVENT")]
    public void The_papers_names_are_the_printed_ones(string path)
    {
        Assert.True(EventTree.TryFind(path, out ushort id));
        Assert.Equal(path, EventTree.Types[id].Path);
    }

    [Fact]
    public void Fields_of_a_body_have_the_places_at_which_the_record_holds_them()
    {
        IReadOnlyList<EventFieldEntry> fields = EventFields.Of(EventType<LongFlow>.Id);
        Assert.Equal(
            [("windowMs", 0), ("meanPacketBytes", 4), ("packets", 8), ("bytes", 16)],
            fields.Select(field => (field.Name, field.Offset)));
    }

    [Fact]
    public void A_kind_of_a_type_is_a_child_with_its_parents_body()
    {
        ushort challenge = EventKinds<TcpError>.TypeOf((int)TcpErrorReason.Challenge);
        Assert.Equal("EVENT/TCP/ERROR/CHALLENGE", EventTree.Types[challenge].Path);
        Assert.True(EventTree.IsA(challenge, EventType<TcpError>.Id));
        Assert.Equal(EventType<TcpError>.Id, EventKinds<TcpError>.TypeOf(200));
    }

    [Fact]
    public void A_kind_with_a_body_of_its_own_is_that_type() =>
        Assert.Equal(
            EventType<TcpEstablished>.Id, EventKinds<TcpStateChange>.TypeOf((int)TcpState.Established));

    [Fact]
    public void The_kinds_of_TCP_types_are_named_as_their_values()
    {
        Assert.All(Enum.GetValues<TcpState>(), state => Assert.EndsWith(
            "/" + NameOf(state.ToString()), PathOf<TcpStateChange>((int)state), StringComparison.Ordinal));
        Assert.Equal(
            Enum.GetValues<TcpAnomalyKind>().Length,
            Enum.GetValues<TcpAnomalyKind>()
                .Select(kind => PathOf<TcpAnomaly>((int)kind)).Distinct().Count());
        Assert.Equal(
            Enum.GetValues<TcpErrorReason>().Length,
            Enum.GetValues<TcpErrorReason>().Select(why => PathOf<TcpError>((int)why)).Distinct().Count());

        static string NameOf(string state) => string.Concat(state.Select((c, i) =>
            i > 0 && (char.IsUpper(c) || char.IsDigit(c)) ? $"_{c}" : $"{c}")).ToUpperInvariant();
    }

    private static string PathOf<T>(int value)
        where T : unmanaged, IEvent =>
        EventTree.Types[EventKinds<T>.TypeOf(value)].Path;
}
