namespace Dataplane.Inspection.Rules;

/// <summary>What a data set holds: texts as they are, digests, or addresses.</summary>
public enum DatasetKind : byte
{
    Text,
    Md5,
    Sha1,
    Sha256,
    Ipv4,
    Ip,
}

/// <summary>What a rule does with a data set.</summary>
public enum DatasetCommand : byte
{
    /// <summary>Adds the buffer; matches when it was not in the set before.</summary>
    Set,

    /// <summary>Takes the buffer out; matches when it was in the set.</summary>
    Unset,

    IsSet,
    IsNotSet,

    /// <summary>Compares the reputation that goes with the buffer (`datarep`).</summary>
    Reputation,
}
