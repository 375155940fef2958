namespace Dataplane.Inspection.Rules;

/// <summary>Keywords of Suricata 7 whose form is known but which nothing here inspects yet: rules with them
/// are read, checked in their other parts, and rejected with the keyword's name when they are
/// compiled.</summary>
internal static class KnownKeywords
{
    /// <summary>Each keyword with the application it binds a rule to, or null.</summary>
    private static IEnumerable<(string? Application, string Names)> Known { get; } =
    [
        (null, "engine-event lua luajit config"
            + " replace asn1 cip_service vxlan_vni"),
        ("http2", "http2.size_update"),
        ("smb", "smb.version_unused"),
        ("nfs", "nfs.version nfs_version nfs_procedure"),
        ("krb5", "krb5.weak_encryption krb5.ticket_encryption"),
        ("mqtt", "mqtt.connack.session_present"),
        ("ike", "ike.exchtype ike.chosen_sa_attribute ike.key_exchange_payload_length"
            + " ike.nonce_payload_length"),
    ];

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        foreach ((string? application, string names) in Known)
        {
            foreach (string name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                table.TryAdd(name, (builder, keyword, value) => Note(builder, keyword, value, application));
            }
        }
        table["frame"] = Frame;
    }

    private static void Frame(RuleBuilder builder, string keyword, string? value)
    {
        string name = OptionText.Required(keyword, value);
        string? application = builder.Rule.Application;
        if (application is "dcerpc" or "ssh")
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(name)}' is no frame of {application}.");
        }
        builder.Use(new RuleBuffer(
            $"frame {name}", BufferSource.Application, null, RuleBuffer.ToServer | RuleBuffer.ToClient));
        builder.NotInspected($"frame:{name}");
    }

    private static void Note(RuleBuilder builder, string keyword, string? value, string? application)
    {
        _ = value;
        if (application is not null)
        {
            builder.BindApplication(application, keyword);
        }
        builder.Touch();
        builder.NotInspected(keyword);
    }
}
