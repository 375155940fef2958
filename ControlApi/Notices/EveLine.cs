using System.Globalization;
using System.Text.Json.Nodes;
using ControlApi.Contract.Notices;

namespace ControlApi.Notices;

/// <summary>A notice as one EVE JSON line, with Suricata's field names.</summary>
public static class EveLine
{
    public static string Write(Notice notice)
    {
        string eventType = EventTypeOf(notice.Type);
        var line = new JsonObject
        {
            ["timestamp"] = notice.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+0000'",
                CultureInfo.InvariantCulture),
        };
        if (notice.Flow is { } flow)
        {
            line["flow_id"] = ulong.Parse(flow.Id, CultureInfo.InvariantCulture);
        }
        line["event_type"] = eventType;
        if (notice.Flow is { } tuple)
        {
            line["src_ip"] = tuple.SrcIp;
            line["src_port"] = tuple.SrcPort;
            line["dest_ip"] = tuple.DestIp;
            line["dest_port"] = tuple.DestPort;
            line["proto"] = tuple.Proto;
            if (tuple.AppProto is not null)
            {
                line["app_proto"] = tuple.AppProto;
            }
            line["community_id"] = tuple.CommunityId;
        }
        line["host"] = notice.Node;
        JsonObject body = JsonObject.Create(notice.Body) ?? [];
        line[eventType] = eventType == "alert" ? Alert(notice, body) : body;
        line["microbox"] = new JsonObject
        {
            ["chain"] = notice.Chain,
            ["revision"] = notice.Revision,
            ["nf"] = notice.Nf,
            ["topic"] = notice.Type,
            ["id"] = notice.Id,
        };
        return line.ToJsonString(NoticeJson.Nodes);
    }

    private static string EventTypeOf(string path)
    {
        string last = path[(path.LastIndexOf('/') + 1)..].ToLowerInvariant();
        return last == "ids_alert" ? "alert" : last;
    }

    private static JsonObject Alert(Notice notice, JsonObject body) => new()
    {
        ["action"] = notice.Action ?? "allowed",
        ["gid"] = body["gid"]?.DeepClone() ?? 1,
        ["signature_id"] = body["sid"]?.DeepClone() ?? 0,
        ["rev"] = body["rev"]?.DeepClone() ?? 0,
        ["signature"] = notice.Title,
        ["category"] = body["category"]?.DeepClone() ?? "",
        ["severity"] = notice.Severity,
    };
}
