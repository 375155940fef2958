namespace Testing.Demo;

/// <summary>One capture of the built-in demo: a file name and what is on the wire.</summary>
public sealed record DemoCapture(string FileName, IReadOnlyList<Frame> Frames);
