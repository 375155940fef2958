namespace ControlApi.Notices.Filter;

/// <summary>A field that filters may name.</summary>
public enum FilterField
{
    Severity,
    Type,
    SrcIp,
    DestIp,
    Ip,
    SrcPort,
    DestPort,
    Port,
    Proto,
    AppProto,
    Sid,
    Chain,
    Nf,
    Action,
    Text,
}
