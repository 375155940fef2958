using System.Text.Encodings.Web;
using System.Text.Json;
using ControlApi.Contract;
using ControlApi.Contract.Notices;

namespace ControlApi.Notices;

/// <summary>The JSON in which notices are stored and sent: one text for storage, hub and streams.</summary>
public static class NoticeJson
{
    /// <summary>
    /// Text stays readable and searchable; nothing of it is ever put into a page unescaped.
    /// </summary>
    public static JsonSerializerOptions Relaxed { get; } = Make();

    /// <summary>The same for trees of JSON nodes.</summary>
    public static JsonSerializerOptions Nodes { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Notice notice) => JsonSerializer.Serialize(notice, Relaxed);

    public static Notice Read(string document) => JsonSerializer.Deserialize<Notice>(document, Relaxed)!;

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(
            ApiJson.Shared)
        { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        options.MakeReadOnly();
        return options;
    }
}
