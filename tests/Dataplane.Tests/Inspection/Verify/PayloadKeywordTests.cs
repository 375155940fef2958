namespace Dataplane.Tests.Inspection.Verify;

/// <summary>What each payload keyword means, after the published rule documentation.</summary>
public sealed class PayloadKeywordTests
{
    [Theory]
    [InlineData("content:\"abc\";", "xxabcxx", true)]
    [InlineData("content:\"abc\";", "xxABCxx", false)]
    [InlineData("content:\"AbC\"; nocase;", "xxaBcxx", true)]
    [InlineData("content:\"|61 62|c\";", "abc", true)]
    [InlineData("content:\"a\\;b\\\"c\\\\\";", "a;b\"c\\", true)]
    [InlineData("content:!\"abc\";", "xxabcxx", false)]
    [InlineData("content:!\"abc\";", "xxabxx", true)]
    [InlineData("content:\"abc\"; offset:2;", "abcxx", false)]
    [InlineData("content:\"abc\"; offset:2;", "xxabc", true)]
    [InlineData("content:\"abc\"; depth:3;", "abcxx", true)]
    [InlineData("content:\"abc\"; depth:3;", "xabcx", false)]
    [InlineData("content:\"abc\"; offset:1; depth:3;", "xabcx", true)]
    [InlineData("content:\"abc\"; offset:1; depth:3;", "xxabc", false)]
    [InlineData("content:\"abc\"; startswith;", "abcx", true)]
    [InlineData("content:\"abc\"; startswith;", "xabc", false)]
    [InlineData("content:\"abc\"; endswith;", "abcabc", true)]
    [InlineData("content:\"abc\"; endswith;", "abcx", false)]
    [InlineData("content:\"abc\"; startswith; endswith;", "abc", true)]
    [InlineData("content:\"abc\"; startswith; endswith;", "abcabc", false)]
    [InlineData("content:\"a\"; content:\"b\"; distance:1;", "axb", true)]
    [InlineData("content:\"a\"; content:\"b\"; distance:1;", "ab", false)]
    [InlineData("content:\"a\"; content:\"b\"; within:2;", "axb", true)]
    [InlineData("content:\"a\"; content:\"b\"; within:2;", "axxb", false)]
    [InlineData("content:\"a\"; content:\"b\"; distance:1; within:1;", "axb", true)]
    [InlineData("content:\"a\"; content:\"b\"; distance:1; within:1;", "axxb", false)]
    [InlineData("content:\"a\"; content:\"b\"; distance:-2;", "ba", true)]
    [InlineData("content:\"a\"; content:\"b\"; within:1; content:\"c\"; within:1;", "abx abc", true)]
    [InlineData("content:\"a\"; content:!\"b\"; within:1;", "ab ac", true)]
    [InlineData("content:\"a\"; content:!\"b\"; within:1;", "ab ab", false)]
    [InlineData("content:\"abc\"; fast_pattern:1,1;", "abc", true)]
    [InlineData("content:\"abc\"; fast_pattern:only; content:\"d\";", "d abc", true)]
    public void Content_lies_where_its_modifiers_say(string options, string payload, bool expected) =>
        Assert.Equal(expected, RuleBench.Udp(options, payload));

    [Theory]
    [InlineData("pcre:\"/a[bc]+d/\";", "xabcbd", true)]
    [InlineData("pcre:\"/ABC/\";", "abc", false)]
    [InlineData("pcre:\"/ABC/i\";", "abc", true)]
    [InlineData("pcre:!\"/abc/\";", "abc", false)]
    [InlineData("pcre:!\"/abc/\";", "abd", true)]
    [InlineData("content:\"a\"; pcre:\"/^b/R\";", "ab", true)]
    [InlineData("content:\"a\"; pcre:\"/^b/R\";", "axb", false)]
    [InlineData("content:\"a\"; pcre:\"/^b/R\";", "ac ab", true)]
    [InlineData("pcre:\"/a./\"; content:\"c\"; within:1;", "abd abc", true)]
    [InlineData("pcre:\"/a.b/s\";", "a\nb", true)]
    [InlineData("pcre:\"/a.b/\";", "a\nb", false)]
    [InlineData("pcre:\"/^b/m\";", "a\nb", true)]
    [InlineData("pcre:\"/b/A\";", "ab", false)]
    [InlineData("pcre:\"/a b/x\";", "ab", true)]
    [InlineData("pcre:\"/a$/E\";", "a\n", false)]
    public void Pcre_obeys_its_flags(string options, string payload, bool expected) =>
        Assert.Equal(expected, RuleBench.Udp(options, payload));

    [Theory]
    [InlineData("isdataat:3;", "abcd", true)]
    [InlineData("isdataat:4;", "abcd", false)]
    [InlineData("isdataat:!4;", "abcd", true)]
    [InlineData("content:\"b\"; isdataat:2,relative;", "abcd", true)]
    [InlineData("content:\"b\"; isdataat:3,relative;", "abcd", false)]
    [InlineData("content:\"b\"; isdataat:!1,relative;", "ab", true)]
    [InlineData("content:\"b\"; isdataat:!1,relative;", "bab", true)]
    [InlineData("dsize:4;", "abcd", true)]
    [InlineData("dsize:<4;", "abcd", false)]
    [InlineData("dsize:2<>5;", "abcd", true)]
    [InlineData("dsize:4<>8;", "abcd", false)]
    [InlineData("dsize:!4;", "abcd", false)]
    public void Sizes_are_compared(string options, string payload, bool expected) =>
        Assert.Equal(expected, RuleBench.Udp(options, payload));

    [Theory]
    [InlineData("byte_test:2,=,258,0;", "\x01\x02", true)]
    [InlineData("byte_test:2,=,513,0,little;", "\x01\x02", true)]
    [InlineData("byte_test:1,>,1,1;", "\x01\x02", true)]
    [InlineData("byte_test:1,!>,1,1;", "\x01\x02", false)]
    [InlineData("byte_test:1,&,6,0;", "\x04", true)]
    [InlineData("byte_test:1,&,6,0;", "\x01", false)]
    [InlineData("byte_test:4,=,0,0;", "\x01", false)]
    [InlineData("byte_test:3,=,123,0,string,dec;", "123", true)]
    [InlineData("byte_test:2,=,255,0,string,hex;", "ff", true)]
    [InlineData("byte_test:3,=,8,0,string,oct;", "010", true)]
    [InlineData("content:\"x\"; byte_test:1,=,5,1,relative;", "ax\x01\x05", true)]
    [InlineData("byte_test:1,=,3,0,bitmask 0xF0;", "\x31", true)]
    public void Byte_test_compares_numbers(string options, string payload, bool expected) =>
        Assert.Equal(expected, RuleBench.Udp(options, payload));

    [Theory]
    [InlineData("byte_jump:1,0; content:\"c\"; within:1;", "\x02xxc", true)]
    [InlineData("byte_jump:1,0; content:\"c\"; within:1;", "\x01xxc", false)]
    [InlineData("byte_jump:1,0,multiplier 2; content:\"c\"; within:1;", "\x01xxc", true)]
    [InlineData("byte_jump:1,0,align; content:\"c\"; within:1;", "\x01xxxxc", true)]
    [InlineData("byte_jump:1,0,from_beginning; content:\"c\"; within:1;", "\x03xxc", true)]
    [InlineData("byte_jump:0,0,from_end,post_offset -1; content:\"c\"; within:1;", "xxxc", true)]
    [InlineData("byte_jump:1,0,post_offset 1; content:\"c\"; within:1;", "\x01xxc", true)]
    [InlineData("byte_jump:1,0; isdataat:0;", "\x09xx", false)]
    [InlineData(
        "content:\"b\"; byte_jump:0,0,relative,post_offset -9; content:\"a\"; within:1;", "axxb", true)]
    [InlineData("byte_extract:1,0,n; content:\"c\"; offset:n;", "\x03xxc", true)]
    [InlineData("byte_extract:1,0,n; content:\"c\"; offset:n;", "\x03xcx", false)]
    [InlineData("byte_extract:1,0,n; isdataat:n,relative;", "\x02xx", true)]
    [InlineData("byte_extract:1,0,n; isdataat:n,relative;", "\x03xx", false)]
    [InlineData("byte_extract:1,0,n,multiplier 3; byte_test:1,=,n,1;", "\x02\x06", true)]
    [InlineData(
        "byte_math:bytes 1, offset 0, oper +, rvalue 3, result n; byte_test:1,=,n,1;", "\x02\x05", true)]
    [InlineData(
        "byte_math:bytes 1, offset 0, oper <<, rvalue 2, result n; byte_test:1,=,n,1;", "\x02\x08", true)]
    public void Byte_jump_extract_and_math_move_and_remember(string options, string payload, bool expected) =>
        Assert.Equal(expected, RuleBench.Udp(options, payload));

    [Fact]
    public void A_pattern_whose_steps_never_end_is_given_up_and_counted()
    {
        using var bench = new RuleBench(
            "alert udp any any -> any any (content:\"a\"; content:\"a\"; distance:0; "
            + "content:\"a\"; distance:0; content:\"a\"; distance:0; content:\"b\"; distance:0; sid:1;)");

        Assert.Empty(bench.Show(RuleBench.Datagram(RuleBench.Bytes(new string('a', 1_400)))));
        Assert.Empty(bench.Show(RuleBench.Datagram(RuleBench.Bytes("aab"))));
        Assert.Equal([1u], bench.Show(RuleBench.Datagram(RuleBench.Bytes("aaaab"))));
    }
}
