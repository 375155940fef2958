using Dataplane.Contract.Shared;

namespace Dataplane.Tests.Control;

public sealed class StatsTableTests
{
    [Fact]
    public async Task A_reader_never_sees_rows_of_two_moments_while_they_are_written()
    {
        string folder = Directory.CreateTempSubdirectory("stats-").FullName;
        string path = Path.Combine(folder, StatsLayout.File);
        using StatsWriter writer = StatsWriter.Create(path, 1, 2);
        using StatsReader reader = StatsReader.Open(path)!;
        using CancellationTokenSource stop = new();
        Task writing = Task.Run(() =>
        {
            WorkerRow[] rows = new WorkerRow[64];
            for (ulong value = 1; !stop.IsCancellationRequested; value++)
            {
                int count = 1 + (int)(value % 64);
                for (int i = 0; i < count; i++)
                {
                    rows[i].Packets = value;
                    rows[i].Flows = value;
                }
                writer.Write<WorkerRow>(StatsLayout.Workers, rows.AsSpan(0, count));
                Thread.Yield();
            }
        }, TestContext.Current.CancellationToken);

        ulong last = 0;
        while (last < 1_000)
        {
            WorkerRow[] rows = reader.Read<WorkerRow>(StatsLayout.Workers);
            ulong value = rows.Length == 0 ? 0 : rows[0].Packets;
            Assert.True(value >= last);
            Assert.All(rows, r => Assert.Equal((value, value), (r.Packets, r.Flows)));
            Assert.True(value == 0 || rows.Length == 1 + (int)(value % 64));
            last = value;
        }

        await stop.CancelAsync();
        await writing;
        Directory.Delete(folder, recursive: true);
    }
}
