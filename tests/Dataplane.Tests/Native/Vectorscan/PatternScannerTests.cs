using System.Text;
using CsCheck;
using Dataplane.Native.Vectorscan;

namespace Dataplane.Tests.Native.Vectorscan;

public sealed class PatternScannerTests
{
    private static readonly Gen<byte> Letters = Gen.Byte[97, 99];

    [Fact]
    public void Literals_mean_every_byte_that_they_hold()
    {
        using PatternDatabase database = Compile(
            PatternMode.Block,
            Literal(1, "a.c"),
            Literal(2, "\0\xff("),
            Literal(3, "GET", PatternOptions.Caseless));
        using PatternScanner scanner = Prepared(database);

        Assert.Equal(ScanOutcome.Scanned, scanner.Scan(database, Latin("abc a.c \0\xff( get")));

        PatternMatch[] expected = [new(1, 7), new(2, 11), new(3, 15)];
        Assert.Equal(expected, scanner.Matches.ToArray());
    }

    [Fact]
    public void A_literal_is_found_wherever_a_stream_is_cut()
    {
        using PatternDatabase database = Compile(PatternMode.Streaming, Literal(7, "union select"));
        using PatternScanner scanner = Prepared(database);
        using PatternStreams streams = new(database, 4);
        byte[] bytes = Latin("GET /?q=1 union select 1");

        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.True(streams.TryOpen(out uint stream));
            scanner.Scan(streams, stream, bytes.AsSpan(0, cut));
            List<PatternMatch> matches = [.. scanner.Matches];
            scanner.Scan(streams, stream, bytes.AsSpan(cut));
            matches.AddRange(scanner.Matches);
            streams.Close(stream);

            Assert.Equal([new PatternMatch(7, 22)], matches);
        }
    }

    [Fact]
    public void A_stream_that_is_opened_again_remembers_nothing()
    {
        using PatternDatabase database = Compile(PatternMode.Streaming, Literal(7, "abcdef"));
        using PatternScanner scanner = Prepared(database);
        using PatternStreams streams = new(database, 1);

        Assert.True(streams.TryOpen(out uint stream));
        scanner.Scan(streams, stream, Latin("abc"));
        streams.Close(stream);
        Assert.True(streams.TryOpen(out stream));
        scanner.Scan(streams, stream, Latin("def"));

        Assert.True(scanner.Matches.IsEmpty);
    }

    [Fact]
    public void Streams_end_at_their_limit_and_closing_gives_the_place_back()
    {
        using PatternDatabase database = Compile(PatternMode.Streaming, Literal(7, "abcdef"));
        using PatternStreams streams = new(database, 2);

        Assert.True(streams.TryOpen(out uint first));
        Assert.True(streams.TryOpen(out _));
        Assert.False(streams.TryOpen(out _));
        Assert.Equal(2u, streams.OpenCount);
        streams.Close(first);
        Assert.True(streams.TryOpen(out _));
        Assert.InRange(database.StreamBytes, 1, 256);
    }

    [Fact]
    public void Closing_or_scanning_a_closed_stream_throws_instead_of_reaching_libhs()
    {
        using PatternDatabase database = Compile(PatternMode.Streaming, Literal(7, "abcdef"));
        using PatternScanner scanner = Prepared(database);
        using PatternStreams streams = new(database, 2);
        Assert.True(streams.TryOpen(out uint stream));
        streams.Close(stream);

        Assert.Throws<InvalidOperationException>(() => streams.Close(stream));
        Assert.Throws<InvalidOperationException>(() => scanner.Scan(streams, stream, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => scanner.Scan(streams, 9, [1]));
    }

    [Fact]
    public void Matches_beyond_the_list_are_counted()
    {
        using PatternDatabase database = Compile(PatternMode.Block, Literal(1, "aa"));
        using PatternScanner scanner = new(matchMax: 3);
        scanner.Prepare(database);

        scanner.Scan(database, Latin("aaaaaaaaaa"));

        Assert.Equal(3, scanner.Matches.Length);
        Assert.Equal(6u, scanner.LostMatchCount);
    }

    [Fact]
    public void A_scanner_that_was_not_prepared_is_refused()
    {
        using PatternDatabase database = Compile(PatternMode.Block, Literal(1, "aa"));
        using PatternScanner scanner = new();

        Assert.Equal(ScanOutcome.Refused, scanner.Scan(database, Latin("aa")));
    }

    [Fact]
    public void A_fault_names_the_pattern()
    {
        Pattern[] patterns = [Expression(1, "fine"), Expression(2, "not(fine")];

        Assert.False(PatternDatabase.TryCompileExpressions(
            patterns, PatternMode.Block, out _, out PatternFault? fault));

        Assert.Equal(1, fault!.PatternIndex);
        Assert.NotEmpty(fault.Message);
        Assert.False(PatternDatabase.TryCompileLiterals([], PatternMode.Block, out _, out fault));
        Pattern empty = Literal(1, "");
        Assert.False(PatternDatabase.TryCompileLiterals([empty], PatternMode.Block, out _, out fault));
        Assert.Equal(0, fault!.PatternIndex);
    }

    [Fact]
    public void A_serialised_database_finds_the_same()
    {
        using PatternDatabase database = Compile(PatternMode.Block, Literal(1, "needle"));
        byte[] bytes = database.Serialize();

        Assert.True(PatternDatabase.TryDeserialize(bytes, PatternMode.Block, out PatternDatabase? copy));
        Assert.False(PatternDatabase.TryDeserialize(bytes, PatternMode.Streaming, out _));
        Assert.False(PatternDatabase.TryDeserialize(bytes.AsSpan(0, 40), PatternMode.Block, out _));
        using (copy)
        {
            using PatternScanner scanner = Prepared(copy!);
            scanner.Scan(copy!, Latin("hay needle"));
            Assert.Equal(1, scanner.Matches.Length);
        }
    }

    [Fact]
    public void Finds_what_a_plain_search_finds() =>
        Gen.Select(Letters.Array[1, 5].Array[1, 6], Letters.Array[0, 60]).Sample((needles, hay) =>
        {
            Pattern[] patterns =
                [.. needles.Select((needle, i) => new Pattern((uint)i, needle, PatternOptions.None))];
            using PatternDatabase database = Compile(PatternMode.Block, patterns);
            using PatternScanner scanner = Prepared(database);
            scanner.Scan(database, hay);

            HashSet<(uint, ulong)> expected = [];
            for (int i = 0; i < needles.Length; i++)
            {
                for (int at = 0; at + needles[i].Length <= hay.Length; at++)
                {
                    if (hay.AsSpan(at).StartsWith(needles[i]))
                    {
                        expected.Add(((uint)i, (ulong)(at + needles[i].Length)));
                    }
                }
            }
            Assert.Equal(expected, [.. scanner.Matches.ToArray().Select(m => (m.Id, m.End))]);
        }, iter: 200);

    private static PatternDatabase Compile(PatternMode mode, params Pattern[] literals)
    {
        Assert.True(PatternDatabase.TryCompileLiterals(
            literals, mode, out PatternDatabase? database, out PatternFault? fault));
        Assert.Null(fault);
        return database!;
    }

    private static PatternScanner Prepared(PatternDatabase database)
    {
        PatternScanner scanner = new();
        scanner.Prepare(database);
        return scanner;
    }

    private static Pattern Literal(uint id, string text, PatternOptions options = PatternOptions.None) =>
        new(id, Latin(text), options);

    private static Pattern Expression(uint id, string text) => new(id, Latin(text), PatternOptions.None);

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
