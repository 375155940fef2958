using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

public sealed class AppParserTests
{
    public static TheoryData<string, int> Dialogues
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach ((string name, (ushort _, IReadOnlyList<(Side, byte[])[]> seeds)) in AppSeeds.ByName)
            {
                for (int i = 0; i < seeds.Count; i++)
                {
                    data.Add(name, i);
                }
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Dialogues))]
    public void However_bytes_are_cut_the_transactions_are_the_same(string parser, int dialogue)
    {
        (ushort port, IReadOnlyList<(Side, byte[])[]> seeds) = AppSeeds.ByName[parser];
        AppCutting.MakesNoDifference(port, seeds[dialogue]);
    }

    [Fact]
    public void A_DNS_message_gives_its_question_and_answers()
    {
        string found = Read("dns");
        Has(found, "Client DnsQuery 0: www.example.org");
        Has(found, "Server DnsAnswerName 0: www.example.org");
        Has(found, "Server DnsRcode: 0");
        Assert.DoesNotContain("Server DnsQuery", found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_points_to_itself_is_noted_and_ends() =>
        Has(Read("dns", 1), "dns.infinite_loop");

    [Fact]
    public void A_client_hello_gives_server_name_and_fingerprints()
    {
        string found = Read("tls");
        Assert.StartsWith("tls", found, StringComparison.Ordinal);
        Has(found, "Client TlsSni 0: ");
        Has(found, "Client Ja3String 0: 771,");
        Has(found, "Client Ja4Hash 0: t1");
    }

    [Fact]
    public void SSH_gives_versions_software_and_what_was_offered()
    {
        string found = Read("ssh");
        Has(found, "Client SshProto 0: 2.0");
        Has(found, "Client SshSoftware 0: OpenSSH_9.2p1");
        Has(found, "Server SshSoftware 0: dropbear");
        Has(found, "Client SshHasshString 0: kex;enc-c;mac-c;none");
    }

    [Fact]
    public void A_mail_gives_its_envelope_headers_and_attachments()
    {
        string found = Read("smtp");
        Has(found, "Client SmtpHelo 0: client.example");
        Has(found, "Client SmtpMailFrom 0: <a@example.org>");
        Has(found, "Client SmtpRcptTo 1: <c@example.org>");
        Has(found, "Client EmailSubject 0: two files");
        Has(found, "Client FileName 0: a.bin");
        Has(found, "Client FileData 0: hello base64");
        Has(found, @"Client FileData 1: caf\xe9 and more\r\n.dot");
    }

    [Fact]
    public void FTP_gives_commands_replies_and_the_port_of_the_data()
    {
        string found = Read("ftp");
        Has(found, "Client FtpCommand 0: USER");
        Has(found, "Client FtpCommandData 0: anonymous");
        Has(found, "Server FtpCompletionCode 0: 331");
        Has(found, "FtpDynamicPort: 1025");
    }

    [Fact]
    public void DCE_RPC_gives_calls_with_their_interface_and_joined_data()
    {
        string found = Read("dcerpc");
        Has(found, "Client DcerpcStubData 0: first last");
        Has(found, @"Server DcerpcStubData 0: \x04\x00\x00\x00\x03\x00\x00\x00answer");
        Has(found, "Client DcerpcOpnum: 7");
        Has(found, @"Client DcerpcInterface 0: \xaf\xa8\xbd\x80}\x8a\x11\xc9");
    }

    [Fact]
    public void MQTT_gives_exchanges_with_their_topics_and_reasons()
    {
        string found = Read("mqtt");
        Has(found, "Client MqttUserName 0: user");
        Has(found, "Client MqttWillMessage 0: gone");
        Has(found, "Client MqttSubscribeTopic 1: c");
        Has(found, "Client MqttPublishMessage 0: twice");
        Has(found, "Client MqttReason: 4");
        Has(Read("mqtt", 1), "mqtt.unassigned_msg_type");
    }

    [Fact]
    public void Kerberos_gives_kinds_names_and_weak_encryption()
    {
        string found = Read("krb5");
        Has(found, "Client Krb5MessageType: 10");
        Has(found, "Server Krb5ErrorCode: 25");
        Has(found, "Server Krb5ClientName 0: user01");
        Has(found, "Server Krb5ServerName 1: test");
        Has(found, "krb5.weak_encryption");
    }

    [Fact]
    public void RFB_gives_kind_and_result_of_security_and_the_name()
    {
        string found = Read("rfb");
        Has(found, "Client RfbSecurityType: 2");
        Has(found, "Server RfbSecurityResult: 0");
        Has(found, "Server RfbName 0: desk");
    }

    [Fact]
    public void SMB_gives_shares_pipes_and_files()
    {
        string found = Read("smb");
        Has(found, @"Client SmbShare 0: \\host\pub");
        Has(found, "Client FileName 0: a.txt");
        Has(found, "Client FileData 0: hello");
        Has(found, "Server FileData 0: hello");
        Has(Read("smb", 1), "Client SmbNamedPipe 0: ");
    }

    [Fact]
    public void HTTP_2_gives_headers_bodies_and_frames()
    {
        string found = Read("http2");
        Has(found, "Client HttpHost 0: www.example.com");
        Has(found, "Client HttpRequestHeader 4: x: y");
        Has(found, "Server HttpStatusCode 0: 200");
        Has(found, "Server HttpResponseBody 0: body.");
        Has(found, "Client Http2WindowUpdate: 34634");
        Has(found, "Client Http2FrameType: 7");
        Has(found, $"Client Http2Setting: {(1L << 32) | 8192}");
    }

    private static string Read(string parser, int dialogue = 0)
    {
        (ushort port, IReadOnlyList<(Side, byte[])[]> seeds) = AppSeeds.ByName[parser];
        return AppBench.Read(port, seeds[dialogue]);
    }

    private static void Has(string text, string part) =>
        Assert.Contains(part, text, StringComparison.Ordinal);
}
