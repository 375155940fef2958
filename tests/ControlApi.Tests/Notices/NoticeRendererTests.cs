using System.Text.Json.Nodes;
using ControlApi.Contract.Notices;
using ControlApi.Notices;
using ControlApi.Tests.Harness;
using CsCheck;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Shared;

namespace ControlApi.Tests.Notices;

public sealed class NoticeRendererTests : IDisposable
{
    private static readonly string[] Types =
        ["bool", "u8", "u16", "u32", "u64", "i32", "i64", "f64", "ip", "string", "unknown"];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_body_and_no_field_table_makes_the_reader_throw()
        => Gen.Select(Gen.Byte.Array[0, 64], Gen.Select(Gen.OneOf(Types), Gen.Int[-2, 80]).Array[0, 8])
            .Sample((body, fields) =>
            {
                var type = new EventType
                {
                    Number = 1,
                    Path = "EVENT/X",
                    NoticeFields = [.. fields.Select((f, i) => new EventField($"f{i}", f.Item1, f.Item2))],
                };
                JsonObject json = BodyReader.Read(type, body);
                Assert.NotNull(json.ToJsonString(NoticeJson.Nodes));
            }, iter: 20_000);

    [Fact]
    public void A_type_that_the_catalogue_does_not_know_keeps_its_number()
    {
        using (var spool = new TestSpool(_folder.Spool))
        {
            spool.Alert();
        }
        using var reader = new SpoolReader(_folder.Spool, 0);
        Assert.True(reader.TryRead(out SpoolRecord record));

        Notice notice = NoticeRenderer.Render(record, SpoolCatalog.Empty);

        Assert.Equal($"EVENT/UNKNOWN/{SampleCatalog.IdsAlert}", notice.Type);
        Assert.Equal("10.0.0.1", notice.Flow!.SrcIp);
    }

    [Fact]
    public void A_title_with_a_place_takes_the_text_there_and_names_the_NF()
    {
        var fault = new EventType
        {
            Number = SampleCatalog.IdsAlert,
            Path = "EVENT/CHAIN/NF_FAULT",
            NoticeFields = [new EventField("nf", "string", 24)],
            Notice = new NoticeMark { Severity = 1, Title = "NF {nf} failed", TitleField = "nf" },
        };
        using (var spool = new TestSpool(_folder.Spool))
        {
            spool.Alert();
        }
        using var reader = new SpoolReader(_folder.Spool, 0);
        Assert.True(reader.TryRead(out SpoolRecord record));

        Notice notice = NoticeRenderer.Render(
            record, new SpoolCatalog(new ApplianceCatalog { Version = "1", EventTypes = [fault] }));

        string text = notice.Body.GetProperty("nf").GetString()!;
        Assert.NotEmpty(text);
        Assert.Equal($"NF {text} failed", notice.Title);
    }

    [Fact]
    public void A_number_that_stands_for_a_word_is_shown_as_the_word()
    {
        var type = new EventType
        {
            Number = 1,
            Path = "EVENT/X",
            Fields =
            [
                new EventField("side", "u8", 0)
                {
                    Values = new Dictionary<string, string> { ["1"] = "client" },
                },
                new EventField("large", "u64", 1),
            ],
        };

        JsonObject json = BodyReader.Read(type, [1, 255, 255, 255, 255, 255, 255, 255, 255]);

        Assert.Equal("client", json["side"]!.GetValue<string>());
        Assert.Equal("18446744073709551615", json["large"]!.GetValue<string>());
    }
}
