using System.Text.Json;
using ControlApi.Contract.Notices;
using ControlApi.Notices;
using ControlApi.Notices.Filter;
using ControlApi.Tests.Harness;
using CsCheck;
using Microsoft.Data.Sqlite;
using Persistence;
using Persistence.Stores;

namespace ControlApi.Tests.Notices;

public sealed class FilterTests : IDisposable
{
    private static readonly string[] Addresses =
        ["10.0.0.1", "10.0.0.2", "192.168.1.9", "2001:db8::1", "255.255.255.255"];
    private static readonly string[] Types =
        ["EVENT/IDS_ALERT", "EVENT/IDS_ALERT/X", "EVENT/IDS_ALERTS", "EVENT/LONG_FLOW"];
    private static readonly string[] Words = ["sql", "SQL Injection", "é", "a\"b", "it's", "%", "_"];
    private static readonly int[] Ports = [0, 80, 443, 65535];

    private static readonly Gen<Notice> Notices =
        from seq in Gen.Int[1, 1]
        from type in Gen.OneOf(Types)
        from severity in Gen.Int[1, 4]
        from hasFlow in Gen.Bool
        from source in Gen.OneOf(Addresses)
        from destination in Gen.OneOf(Addresses)
        from sourcePort in Gen.OneOf(Ports)
        from destinationPort in Gen.OneOf(Ports)
        from app in Gen.OneOf<string?>(null, "http", "TLS")
        from title in Gen.OneOf(Words)
        from text in Gen.OneOf(Words)
        from sid in Gen.OneOf(0, 7, 2000001)
        from action in Gen.OneOf<string?>(null, "allowed", "blocked")
        select Make(seq, type, severity, hasFlow, source, destination, sourcePort, destinationPort, app,
            title, text, sid, action);

    private static readonly Gen<string> Tests = Gen.OneOf(
        Gen.Select(Gen.OneOf("severity", "port", "src_port", "dest_port", "sid"),
            Gen.OneOf("=", "!=", "<", "<=", ">", ">="), Gen.OneOf(0, 1, 2, 80, 443, 65535, 2000001))
            .Select((field, op, value) => $"{field} {op} {value}"),
        Gen.Select(Gen.OneOf("severity", "port", "sid"), Gen.OneOf("{1,2}", "{80, 443}", "7"))
            .Select((field, set) => $"{field} in {set}"),
        Gen.Select(Gen.OneOf("src_ip", "dest_ip", "ip"), Gen.OneOf("=", "!=", "in"), Gen.OneOf(
            "10.0.0.1", "10.0.0.0/24", "0.0.0.0/0", "2001:db8::/32", "::/0", "192.168.1.9/32"))
            .Select((field, op, value) => $"{field} {op} {value}"),
        Gen.Select(Gen.OneOf("proto", "app_proto", "chain", "nf", "action", "text", "type"),
            Gen.OneOf("=", "!=", "~"), Gen.OneOf("tcp", "HTTP", "edge", "sql", "\"SQL injection\"", "\"é\"",
                "\"a\\\"b\"", "\"it's\"", "\"%\"", "\"_\"", "blocked", "EVENT/IDS_ALERT", "\"\""))
            .Select((field, op, value) => $"{field} {op} {value}"));

    private static readonly Gen<string> Filters =
        Gen.Recursive<string>((depth, deeper) => depth > 3 ? Tests : Gen.OneOf(
        Tests, Gen.Select(deeper, deeper).Select((a, b) => $"({a}) and {b}"),
        Gen.Select(deeper, deeper).Select((a, b) => $"{a} or ({b})"), deeper.Select(a => $"not ({a})")));

    private readonly TestFolder _folder = new();
    private readonly DataLock _lock;
    private readonly DataFolder _data;

    public FilterTests()
    {
        _data = new DataFolder(_folder.Data);
        _lock = DataLock.TryTake(_folder.Data)!;
    }

    public void Dispose()
    {
        _lock.Dispose();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Fact]
    public void In_memory_and_in_storage_a_filter_gives_the_same_answer()
    {
        using var writer = new EventWriter(_data, _lock);
        var notices = new List<Notice>();
        Notices.Array[200].Single().ToList().ForEach(
            n => notices.Add(n with { Seq = (ulong)notices.Count + 1 }));
        writer.Append(
            [.. notices.Select(n => new ArrivedNotice(n, NoticeJson.Write(n), false, null).ToRow())]);
        var search = new EventSearch(_data);

        Filters.Sample(text =>
        {
            NoticeFilter filter = Parse(text);
            long[] stored = [.. search.Find(new NoticeSearch { Condition = filter.ToSearch(), Limit = 1_000 },
                CancellationToken.None).Select(n => n.Seq)];
            long[] inMemory = [.. notices.Where(filter.Matches).Select(n => (long)n.Seq).Reverse()];
            Assert.True(stored.SequenceEqual(inMemory), text);
        }, iter: 500, threads: 1);
    }

    [Fact]
    public void Any_text_is_a_filter_or_an_error_with_a_column_inside_it()
        => Gen.OneOf(Gen.String[Gen.Char["abseverity=<>!~(){},.\"\\ 0123/:"], 0, 40],
            Gen.String[0, 40]).Sample(text =>
        {
            NoticeFilter? filter = NoticeFilter.TryParse(text, t => t, out FilterError? error);
            Assert.True(filter is null != error is null);
            if (error is not null)
            {
                Assert.InRange(error.Column, 1, text.Length + 1);
            }
        }, iter: 20_000);

    [Theory]
    [InlineData("colour = 1", 1)]
    [InlineData("severity = high", 12)]
    [InlineData("severity", 9)]
    [InlineData("severity = 1 2", 14)]
    [InlineData("severity = 1 and", 17)]
    [InlineData("(severity = 1", 14)]
    [InlineData("src_ip in 10.0.0.0/33", 11)]
    [InlineData("src_ip < 10.0.0.1", 8)]
    [InlineData("text ~ \"open", 8)]
    [InlineData("port in {80,", 13)]
    [InlineData("severity ! 1", 10)]
    public void An_error_names_the_column(string text, int column)
    {
        Assert.Null(NoticeFilter.TryParse(text, t => t, out FilterError? error));
        Assert.Equal(column, error!.Column);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
        => Assert.Null(NoticeFilter.TryParse(new string('(', 2_000), t => t, out _));

    [Fact]
    public void Not_binds_closer_than_and_and_and_closer_than_or()
    {
        Notice notice =
            Make(1, Types[0], 1, true, Addresses[0], Addresses[1], 80, 443, null, "t", "x", 7, null);

        Assert.True(Parse("severity = 1 or severity = 2 and port = 1").Matches(notice));
        Assert.False(Parse("not severity = 1 and port = 80").Matches(notice));
        Assert.True(Parse("type = EVENT/IDS_ALERT and ip in 10.0.0.0/8").Matches(notice));
        Assert.False(Parse("type = EVENT/IDS").Matches(notice));
    }

    private static NoticeFilter Parse(string text)
    {
        NoticeFilter? filter = NoticeFilter.TryParse(text, t => t, out FilterError? error);
        Assert.True(filter is not null, $"{text}: {error}");
        return filter;
    }

    private static Notice Make(
        int seq, string type, int severity, bool hasFlow, string source, string destination, int sourcePort,
        int destinationPort, string? app, string title, string text, int sid, string? action) => new()
        {
            Id = new Ulid(Guid.Empty).ToString(),
            Node = "edge-1",
            Seq = (ulong)seq,
            Type = type,
            Severity = severity,
            Time = DateTimeOffset.UnixEpoch,
            ReceivedAt = DateTimeOffset.UnixEpoch,
            Flow = !hasFlow ? null : new NoticeFlow
            {
                Id = "1",
                Proto = "TCP",
                SrcIp = source,
                SrcPort = sourcePort,
                DestIp = destination,
                DestPort = destinationPort,
                AppProto = app,
                CommunityId = "1:x",
            },
            Nf = "ids",
            Chain = "edge",
            Revision = 1,
            Title = title,
            Action = action,
            Body = sid == 0 ? JsonSerializer.SerializeToElement(new { deep = new[] { text } })
                : JsonSerializer.SerializeToElement(new { sid, text }),
        };
}
