using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Persistence;

/// <summary>Moments are stored as whole microseconds since 1970, UTC.</summary>
public sealed class MicrosecondsConverter() : ValueConverter<DateTimeOffset, long>(
    moment => Microseconds.Of(moment), stored => Microseconds.ToMoment(stored));
