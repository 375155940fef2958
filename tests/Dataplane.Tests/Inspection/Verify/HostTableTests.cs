using Dataplane.Inspection.Verify;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class HostTableTests
{
    [Fact]
    public void An_entry_is_found_again_by_its_key()
    {
        using var table = new HostTable(4);
        table.Lock(new HostKey(1, 2, 3), out uint bucket) = new HostEntry(new HostKey(1, 2, 3), 5, 6);
        table.Unlock(bucket);

        Assert.Equal(6u, table.Lock(new HostKey(1, 2, 3), out bucket).Count);
        table.Unlock(bucket);
        Assert.Equal(0u, table.Lock(new HostKey(1, 2, 4), out bucket).Count);
        table.Unlock(bucket);
        Assert.Equal(0, table.EvictedCount);
    }

    [Fact]
    public void In_a_full_bucket_the_oldest_entry_gives_way_and_is_counted()
    {
        using var table = new HostTable(1);
        for (uint i = 1; i <= HostTable.BucketEntries + 1; i++)
        {
            table.Lock(new HostKey(i, 0, 0), out uint bucket).TimeNs = i;
            table.Unlock(bucket);
        }

        Assert.Equal(1, table.EvictedCount);
        Assert.Equal(0, table.Lock(new HostKey(1, 0, 0), out uint last).TimeNs);
        table.Unlock(last);
    }
}
