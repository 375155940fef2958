using System.Reflection;
using System.Runtime.InteropServices;
using Dataplane.Events;
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
            if (type.Parent is { } parent && EventFields.Of(parent).Count > 0)
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
}
