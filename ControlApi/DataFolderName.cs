namespace ControlApi;

/// <summary>The data folder's path, for those who need no more of it.</summary>
public sealed record DataFolderName(string Path);
