using System.Text;
using Dataplane.Contract.Shared;
using Dataplane.Control;
using Dataplane.Events;
using Dataplane.Notices;

namespace Dataplane.Tests.Control;

public sealed class LastWordsTests
{
    [Fact]
    public void The_next_process_tells_that_the_one_before_did_not_end_in_order()
    {
        string folder = Directory.CreateTempSubdirectory("words-").FullName;
        string spoolFolder = Path.Combine(folder, "spool");
        using NoticeSpool spool = NoticeSpool.Open(
            new NoticeSpoolSettings { Folder = spoolFolder, SegmentBytes = 65_536 }, ControlLoop.NowUs);

        LastWords.Begin(folder, spool, [], ControlLoop.NowUs); // the first start has nothing to tell
        Assert.Equal(0u, spool.LastSequence);
        LastWords second = LastWords.Begin(folder, spool, ["ids"], ControlLoop.NowUs);
        second.EndInOrder();
        LastWords.Begin(folder, spool, [], ControlLoop.NowUs);

        using SpoolReader reader = new(spoolFolder, 0);
        Assert.True(reader.TryRead(out SpoolRecord record));
        Assert.Equal(EventType<ProcessEnded>.Id, record.Header.Type);
        string reason = Encoding.UTF8.GetString(record.Body);
        Assert.Contains("It was killed", reason, StringComparison.Ordinal);
        Assert.Contains("inside the NF ids.", reason, StringComparison.Ordinal);
        Assert.False(reader.TryRead(out _));
        Directory.Delete(folder, recursive: true);
    }
}
