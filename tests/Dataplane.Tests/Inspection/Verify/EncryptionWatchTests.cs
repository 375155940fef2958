using CsCheck;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class EncryptionWatchTests
{
    [Fact]
    public void Tls_is_ciphertext_from_the_first_application_data_behind_the_server_s_hello_at_any_cut() =>
        Gen.Int[1, 200].Array[1, 8].Sample(
            sizes =>
            {
                WatchedFlow flow = default;
                Assert.Equal(EncryptionState.Unknown, Feed(
                    ref flow, Side.Client, EncryptedBytes.ClientHello, sizes));
                Assert.Equal(EncryptionState.Unknown, Feed(
                    ref flow, Side.Server, EncryptedBytes.ServerHello, sizes));
                Assert.Equal(EncryptionState.Unknown, Feed(
                    ref flow, Side.Client, EncryptedBytes.ClientKeys, sizes));
                Assert.Equal(EncryptionState.Tls, Feed(ref flow, Side.Client, EncryptedBytes.Data, sizes));
            },
            iter: 200);

    [Fact]
    public void Early_data_before_the_server_has_answered_goes_on_being_inspected()
    {
        WatchedFlow flow = default;
        Feed(ref flow, Side.Client, EncryptedBytes.ClientHello, [1_000]);

        Assert.Equal(EncryptionState.Unknown, Feed(ref flow, Side.Client, EncryptedBytes.Data, [1_000]));
        Assert.Equal(EncryptionState.Unknown, Feed(
            ref flow, Side.Server, EncryptedBytes.ServerHello, [1_000]));
        Assert.Equal(EncryptionState.Tls, Feed(ref flow, Side.Server, EncryptedBytes.Data, [1_000]));
    }

    [Fact]
    public void Where_the_server_is_not_heard_its_answer_is_taken_from_the_caller()
    {
        WatchedFlow flow = default;
        Feed(ref flow, Side.Client, EncryptedBytes.ClientHello, [1_000]);

        EncryptionState state =
            EncryptionWatch.Take(ref flow, Side.Client, EncryptedBytes.Data, isAnswered: true, out int clear);

        Assert.Equal((EncryptionState.Tls, 0), (state, clear));
    }

    [Fact]
    public void What_comes_before_the_ciphertext_in_the_same_segment_is_told_apart()
    {
        WatchedFlow tls = default;
        Feed(ref tls, Side.Client, EncryptedBytes.ClientHello, [1_000]);
        Feed(ref tls, Side.Server, EncryptedBytes.ServerHello, [1_000]);
        WatchedFlow ssh = default;
        byte[] keys = [.. EncryptedBytes.ClientBanner, .. EncryptedBytes.NewKeys];

        EncryptionWatch.Take(
            ref tls, Side.Client, [.. EncryptedBytes.ClientKeys, .. EncryptedBytes.Data], false,
            out int ofTls);
        EncryptionWatch.Take(ref ssh, Side.Client, [.. keys, 1, 2, 3], false, out int ofSsh);

        Assert.Equal(EncryptedBytes.ClientKeys.Length, ofTls);
        Assert.Equal(keys.Length, ofSsh);
    }

    [Fact]
    public void Ssh_is_ciphertext_behind_each_side_s_new_keys_at_any_cut() => Gen.Int[1, 60].Array[1, 8]
        .Sample(sizes =>
        {
            WatchedFlow flow = default;
            byte[] offer = EncryptedBytes.Packet(20, 700);
            foreach (Side side in (Side[])[Side.Client, Side.Server])
            {
                byte[] banner =
                    side == Side.Client ? EncryptedBytes.ClientBanner : EncryptedBytes.ServerBanner;
                byte[] clear = [.. banner, .. offer, .. EncryptedBytes.NewKeys];
                Assert.Equal(EncryptionState.Unknown, Feed(ref flow, side, clear, sizes));
                Assert.Equal(EncryptionState.Ssh, Feed(ref flow, side, new byte[20], sizes));
            }
        },
        iter: 200);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("SSH")]
    [InlineData("SSL-2.0")]
    [InlineData("\x16\x03\x01\x00\x10\x02")]
    [InlineData("\x16\x02\x01\x00\x10\x01")]
    [InlineData("\x16\x03\x01\xff\xff\x01")]
    public void Bytes_that_fit_neither_are_plain_for_good(string text)
    {
        WatchedFlow flow = default;

        EncryptionState state = Feed(ref flow, Side.Client, RuleBench.Bytes(text), [1]);

        Assert.Equal(text == "SSH" ? EncryptionState.Unknown : EncryptionState.Plain, state);
    }

    [Fact]
    public void A_tls_record_that_is_none_makes_the_flow_plain()
    {
        WatchedFlow flow = default;
        Feed(ref flow, Side.Client, EncryptedBytes.ClientHello, [1_000]);

        Assert.Equal(EncryptionState.Plain, Feed(ref flow, Side.Client, "GET /secret"u8.ToArray(), [3]));
    }

    /// <summary>Takes bytes in pieces; the last state that was more than unknown.</summary>
    private static EncryptionState Feed(ref WatchedFlow flow, Side side, byte[] bytes, int[] sizes)
    {
        int at = 0;
        for (int i = 0; at < bytes.Length; i++)
        {
            int count = Math.Min(sizes[i % sizes.Length], bytes.Length - at);
            EncryptionState state =
                EncryptionWatch.Take(ref flow, side, bytes.AsSpan(at, count), false, out _);
            if (state != EncryptionState.Unknown)
            {
                return state;
            }
            at += count;
        }
        return EncryptionState.Unknown;
    }
}
