using ControlApi.Contract.Notices;
using Persistence;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Notices;

/// <summary>A notice on its way into storage and to those who listen.</summary>
public sealed record ArrivedNotice(Notice Notice, string Document, bool IsAlert, byte[]? Packet)
{
    public NoticeRow ToRow() => new()
    {
        Seq = (long)Notice.Seq,
        Time = Microseconds.Of(Notice.Time),
        ReceivedAt = Microseconds.Of(Notice.ReceivedAt),
        Type = Notice.Type,
        Severity = Notice.Severity,
        SrcIp = Notice.Flow is null ? null : NoticeRenderer.StoredAddress(Notice.Flow.SrcIp),
        SrcPort = Notice.Flow?.SrcPort,
        DestIp = Notice.Flow is null ? null : NoticeRenderer.StoredAddress(Notice.Flow.DestIp),
        DestPort = Notice.Flow?.DestPort,
        Proto = Notice.Flow?.Proto,
        Sid = NoticeFields.Sid(Notice),
        Document = Document,
        Packet = Packet,
    };

    public AlertArrival ToArrival() => new((long)Notice.Seq, NoticeFields.GroupId(Notice), Notice.Title,
        Notice.Severity, Microseconds.Of(Notice.Time));
}
