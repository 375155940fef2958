using System.Text;
using Dataplane.Native.Pcre2;

namespace Dataplane.Tests.Native.Pcre2;

public sealed class PcreMatcherTests
{
    [Fact]
    public void Groups_are_found_where_they_lie()
    {
        using PcrePattern pattern = Compile("(?<method>GET|POST) /(x)?(\\w+)");
        using PcreMatcher matcher = new();

        Assert.Equal(PcreOutcome.Matched, matcher.Match(pattern, "  GET /index"u8));

        Assert.True(matcher.TryGetGroup(0, out int start, out int end));
        Assert.Equal((2, 12), (start, end));
        Assert.True(matcher.TryGetGroup(1, out start, out end));
        Assert.Equal((2, 5), (start, end));
        Assert.False(matcher.TryGetGroup(2, out _, out _));
        Assert.True(matcher.TryGetGroup(3, out start, out end));
        Assert.Equal((7, 12), (start, end));
        Assert.False(matcher.TryGetGroup(4, out _, out _));
        Assert.Equal(1, pattern.GroupNames()["method"]);
        Assert.Equal(3, pattern.GroupCount);
    }

    [Fact]
    public void Machine_code_is_made() => Assert.True(Compile("a+b").HasMachineCode);

    [Fact]
    public void Bytes_are_bytes_and_zero_is_one_of_them()
    {
        using PcrePattern pattern = Compile("\\x00\\xff.z", PcreOptions.DotAll);
        using PcreMatcher matcher = new();

        Assert.Equal(PcreOutcome.Matched, matcher.Match(pattern, [1, 0, 0xFF, 0xFE, (byte)'z']));
        Assert.Equal(PcreOutcome.NoMatch, matcher.Match(pattern, []));
    }

    [Fact]
    public void A_start_offset_skips_earlier_matches()
    {
        using PcrePattern pattern = Compile("ab");
        using PcreMatcher matcher = new();

        Assert.Equal(PcreOutcome.Matched, matcher.Match(pattern, "ab ab"u8, 1));
        Assert.True(matcher.TryGetGroup(0, out int start, out _));
        Assert.Equal(3, start);
        Assert.Throws<ArgumentOutOfRangeException>(() => matcher.Match(pattern, "ab"u8, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => matcher.Match(pattern, "ab"u8, -1));
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    public void A_pattern_that_would_take_for_ever_ends_at_its_limit(string text)
    {
        using PcrePattern pattern = Compile(text);
        using PcreMatcher matcher = new();
        byte[] subject = Encoding.Latin1.GetBytes(new string('a', 4000) + "!");

        Assert.Equal(PcreOutcome.LimitReached, matcher.Match(pattern, subject));
        Assert.False(matcher.TryGetGroup(0, out _, out _));
    }

    [Theory]
    [InlineData("a(b", 3)]
    [InlineData("[z-a]", 3)]
    [InlineData("a{2}{", -1)]
    public void A_fault_says_where_and_why(string text, int offset)
    {
        bool compiled = PcrePattern.TryCompile(
            Encoding.Latin1.GetBytes(text), PcreOptions.None, out PcrePattern? pattern, out PcreFault? fault);

        Assert.Equal(offset < 0, compiled);
        Assert.Equal(offset, fault?.Offset ?? -1);
        Assert.Equal(compiled, string.IsNullOrEmpty(fault?.Message));
        pattern?.Dispose();
    }

    [Fact]
    public void More_groups_than_there_is_room_for_still_match()
    {
        using PcrePattern pattern = Compile(string.Concat(Enumerable.Repeat("(a)", 100)));
        using PcreMatcher matcher = new();

        byte[] subject = Encoding.Latin1.GetBytes(new string('a', 100));
        Assert.Equal(PcreOutcome.Matched, matcher.Match(pattern, subject));
        Assert.Equal(PcreMatcher.GroupMax + 1, matcher.GroupCount);
        Assert.True(matcher.TryGetGroup(PcreMatcher.GroupMax, out int start, out _));
        Assert.Equal(PcreMatcher.GroupMax - 1, start);
    }

    private static PcrePattern Compile(string text, PcreOptions options = PcreOptions.None)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        Assert.True(PcrePattern.TryCompile(bytes, options, out PcrePattern? pattern, out _));
        return pattern!;
    }
}
