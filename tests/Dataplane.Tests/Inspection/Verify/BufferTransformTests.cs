using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class BufferTransformTests
{
    [Theory]
    [InlineData("to_lowercase;", "AbC", "abc")]
    [InlineData("to_uppercase;", "AbC1", "ABC1")]
    [InlineData("strip_whitespace;", "a b\\r\\n\\tc", "abc")]
    [InlineData("compress_whitespace;", "a  b\\r\\nc", "a b\\rc")]
    [InlineData("url_decode;", "a%20b+c%zz%4", "a b c%zz%4")]
    [InlineData("dotprefix;", "example.com", ".example.com")]
    [InlineData("header_lowercase;", "Host: A\\r\\nAge: B", "host: A\\r\\nage: B")]
    [InlineData("strip_pseudo_headers;", ":path: /\\r\\nhost: a\\r\\n", "host: a\\r\\n")]
    [InlineData("xor:\"0102\";", "abcd", "``bf")]
    [InlineData("pcrexform:\"a(.*)d\";", "abcd", "bc")]
    [InlineData("pcrexform:\"x(.*)d\";", "abcd", "abcd")]
    [InlineData("to_lowercase; strip_whitespace;", "A B", "ab")]
    public void A_transform_is_applied_before_contents_are_compared(
        string transforms, string uri, string expected)
    {
        string hex = Convert.ToHexString(RuleBench.Bytes(Unescape(expected)));
        string content = $"content:\"|{hex}|\"; bsize:{hex.Length / 2}; sid:1;";
        using var bench = new RuleBench($"alert http any any -> any any (http.uri; {transforms} {content})");

        Assert.Equal([1u], bench.Show(Transaction(Unescape(uri)), Side.Client));
    }

    [Theory]
    [InlineData("to_md5", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("to_sha1", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("to_sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void A_digest_takes_the_place_of_the_buffer(string transform, string digest)
    {
        using var bench = new RuleBench(
            $"alert http any any -> any any (http.uri; {transform}; content:\"|{digest}|\"; sid:1;)");

        Assert.Equal([1u], bench.Show(Transaction("abc"), Side.Client));
        Assert.Empty(bench.Show(Transaction("abd"), Side.Client));
    }

    [Fact]
    public void Base64_text_is_decoded_where_the_rule_says()
    {
        using var bench = new RuleBench(
            "alert http any any -> any any (http.uri; content:\"=\"; "
                + "base64_decode:bytes 4, offset 1, relative; base64_data; content:\"foo\"; bsize:3; sid:1;)",
            "alert http any any -> any any (http.uri; base64_decode; base64_data; content:\"bar\"; sid:2;)");

        Assert.Equal([1u], bench.Show(Transaction("?a= Zm9vYmFy"), Side.Client));
        Assert.Equal([2u], bench.Show(Transaction("Zm9vYmFy*Zm9v"), Side.Client));
    }

    private static string Unescape(string text) =>
        text.Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal)
            .Replace("\\t", "\t", StringComparison.Ordinal);

    private static MadeUpTransaction Transaction(string uri) =>
        new MadeUpTransaction(AppProtocol.Http).With(AppBuffer.HttpUri, Side.Client, uri)
            .At(Side.Client, AppProgress.Complete);
}
