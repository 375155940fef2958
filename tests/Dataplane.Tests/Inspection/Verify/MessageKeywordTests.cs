using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection.Verify;

/// <summary>Keywords about numbers in messages.</summary>
public sealed class MessageKeywordTests
{
    [Theory]
    [InlineData("dcerpc.opnum:15;", AppNumber.DcerpcOpnum, 15, true)]
    [InlineData("dcerpc.opnum:3,10-20;", AppNumber.DcerpcOpnum, 15, true)]
    [InlineData("dcerpc.opnum:3,16-20;", AppNumber.DcerpcOpnum, 15, false)]
    [InlineData("mqtt.type:CONNACK;", AppNumber.MqttType, 2, true)]
    [InlineData("mqtt.type:CONNECT;", AppNumber.MqttType, 2, false)]
    [InlineData("mqtt.flags:dup,!retain;", AppNumber.MqttFlags, 8, true)]
    [InlineData("mqtt.flags:dup,!retain;", AppNumber.MqttFlags, 9, false)]
    [InlineData("mqtt.connect.flags:username,!will;", AppNumber.MqttConnectFlags, 0xC2, true)]
    [InlineData("krb5_msg_type:12;", AppNumber.Krb5MessageType, 12, true)]
    [InlineData("krb5_err_code:25;", AppNumber.Krb5ErrorCode, 24, false)]
    [InlineData("rfb.secresult:unknown;", AppNumber.RfbSecurityResult, 9, true)]
    [InlineData("rfb.secresult:fail;", AppNumber.RfbSecurityResult, 0, false)]
    [InlineData("http2.frametype:GOAWAY;", AppNumber.Http2FrameType, 7, true)]
    [InlineData(
        "http2.settings:SETTINGS_HEADER_TABLE_SIZE>1000;", AppNumber.Http2Setting, (1L << 32) | 4096, true)]
    [InlineData(
        "http2.settings:SETTINGS_HEADER_TABLE_SIZE>1000;", AppNumber.Http2Setting, (2L << 32) | 4096, false)]
    public void A_number_of_a_message_is_compared(string options, AppNumber number, long value, bool matches)
    {
        string protocol = options[..options.IndexOfAny(['.', '_'])];
        using var bench = new RuleBench($"alert {protocol} any any -> any any ({options} sid:1;)");
        Assert.True(AppProtocols.TryFind(protocol, out AppProtocol application));
        MadeUpTransaction message = new MadeUpTransaction(application).With(number, Side.Client, value)
            .At(Side.Client, AppProgress.Complete);

        Assert.Equal(matches, bench.Show(message, Side.Client).Length == 1);
    }

    [Theory]
    [InlineData("00020400-0000-0000-c000-000000000046", true)]
    [InlineData("00020400-0000-0000-c000-000000000046,=1", true)]
    [InlineData("00020400-0000-0000-c000-000000000046,>1", false)]
    [InlineData("00020401-0000-0000-c000-000000000046", false)]
    public void An_interface_is_told_by_identifier_and_version(string value, bool matches)
    {
        using var bench = new RuleBench($"alert dcerpc any any -> any any (dcerpc.iface:{value}; sid:1;)");
        string bytes = "\0\u0002\u0004\0\0\0\0\0\u00c0\0\0\0\0\0\0\u0046" + "\0\u0001" + "\u0001";
        MadeUpTransaction call = new MadeUpTransaction(AppProtocol.DceRpc)
            .With(AppBuffer.DcerpcInterface, Side.Client, bytes).At(Side.Client, AppProgress.Complete);

        Assert.Equal(matches, bench.Show(call, Side.Client).Length == 1);
    }

    [Theory]
    [InlineData("dcerpc.iface:abc;")]
    [InlineData("dcerpc.opnum:5-3;")]
    [InlineData("mqtt.type:NOTHING;")]
    [InlineData("mqtt.flags:none;")]
    [InlineData("mqtt.qos:7;")]
    [InlineData("rfb.secresult:0;")]
    [InlineData("http2.settings:SETTINGS_NOTHING=1;")]
    public void What_cannot_be_meant_is_refused(string options)
    {
        using RuleSet rules = RuleSet.Compile(
            RuleBench.Load($"alert tcp any any -> any any ({options} sid:1;)"));

        Assert.Equal(0, rules.Rules.Length);
        Assert.Single(rules.Rejected);
    }
}
