using System.Text;
using Dataplane.Contract.Configuration;

namespace Dataplane.Tests.Fuzz;

/// <summary>Inputs that fuzzing found and that did harm once.</summary>
public sealed class FuzzFindingsTests
{
    [Theory]
    [InlineData("""{"version":1,"ports":[{"id":"\ud800","device":"demo"}]}""")]
    [InlineData("""{"version":1,"\udc00":1}""")]
    [InlineData("""{"version":1,"ruleSets":[{"id":"a","vars":{"\udfff":"any"}}]}""")]
    public void A_document_with_half_a_character_is_refused_with_a_reason(string text)
    {
        Assert.Null(DocumentReader.Read(Encoding.UTF8.GetBytes(text), out IReadOnlyList<ConfigFault> faults));
        Assert.Equal("not-unicode", Assert.Single(faults).Code);
    }

    [Fact]
    public void A_document_with_bytes_that_are_no_text_is_refused_with_a_reason()
    {
        byte[] document = [.. "{\"version\":1,\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        Assert.Null(DocumentReader.Read(document, out IReadOnlyList<ConfigFault> faults));
        Assert.Single(faults);
    }
}
