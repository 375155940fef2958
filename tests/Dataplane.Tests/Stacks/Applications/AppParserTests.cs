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

    private static string Read(string parser, int dialogue = 0)
    {
        (ushort port, IReadOnlyList<(Side, byte[])[]> seeds) = AppSeeds.ByName[parser];
        return AppBench.Read(port, seeds[dialogue]);
    }

    private static void Has(string text, string part) =>
        Assert.Contains(part, text, StringComparison.Ordinal);
}
