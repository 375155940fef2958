namespace ControlApi.Configuration;

/// <summary>Where a document's rule files may be taken from.</summary>
public enum RuleFileSource
{
    /// <summary>Only what was stored with the document.</summary>
    Stored,

    /// <summary>
    /// Files below the document's folder, else what was stored: for documents from the network.
    /// </summary>
    BelowFolder,

    /// <summary>Any file: for documents given on this machine.</summary>
    Anywhere,
}
