using System.Text.Json;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;

namespace ControlApi.Live;

/// <summary>Lets hub messages, which are JSON in here, travel as MessagePack too.</summary>
public sealed class JsonElementResolver : IFormatterResolver
{
    private static readonly JsonElementFormatter Formatter = new();

    public IMessagePackFormatter<T>? GetFormatter<T>() => typeof(T) == typeof(JsonElement)
        ? (IMessagePackFormatter<T>)(object)Formatter : StandardResolver.Instance.GetFormatter<T>();
}
