using System.Runtime.InteropServices;

namespace Dataplane.Native.Pcre2;

/// <summary>P/Invoke declarations of libpcre2-8 (10.x).</summary>
internal static unsafe partial class Pcre2Library
{
    public const uint JitComplete = 1;
    public const uint InfoCaptureCount = 4;
    public const uint InfoJitSize = 10;
    public const uint InfoNameCount = 17;
    public const uint InfoNameEntrySize = 18;
    public const uint InfoNameTable = 19;
    public static readonly nuint Unset = nuint.MaxValue;

    public const int NoMatch = -1;
    public const int JitStackLimit = -46;
    public const int MatchLimit = -47;
    public const int DepthLimit = -53;
    public const int HeapLimit = -63;

    private const string Library = NativeLibraries.Pcre2;

    [LibraryImport(Library, EntryPoint = "pcre2_compile_8")]
    public static partial nint Compile(
        byte* pattern, nuint length, uint options, out int error, out nuint errorOffset, nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_code_free_8")]
    public static partial void FreeCode(nint code);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_compile_8")]
    public static partial int CompileJit(nint code, uint options);

    [LibraryImport(Library, EntryPoint = "pcre2_pattern_info_8")]
    public static partial int PatternFact(nint code, uint what, void* where);

    [LibraryImport(Library, EntryPoint = "pcre2_get_error_message_8")]
    public static partial int ErrorMessage(int error, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "pcre2_match_context_create_8")]
    public static partial nint CreateMatchContext(nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_match_context_free_8")]
    public static partial void FreeMatchContext(nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_set_match_limit_8")]
    public static partial int SetMatchLimit(nint context, uint limit);

    [LibraryImport(Library, EntryPoint = "pcre2_set_depth_limit_8")]
    public static partial int SetDepthLimit(nint context, uint limit);

    [LibraryImport(Library, EntryPoint = "pcre2_set_heap_limit_8")]
    public static partial int SetHeapLimit(nint context, uint kibibytes);

    [LibraryImport(Library, EntryPoint = "pcre2_match_data_create_8")]
    public static partial nint CreateMatchData(uint pairs, nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_match_data_free_8")]
    public static partial void FreeMatchData(nint data);

    [LibraryImport(Library, EntryPoint = "pcre2_get_ovector_pointer_8")]
    public static partial nuint* Offsets(nint data);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_stack_create_8")]
    public static partial nint CreateJitStack(nuint start, nuint max, nint context);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_stack_free_8")]
    public static partial void FreeJitStack(nint stack);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_stack_assign_8")]
    public static partial void AssignJitStack(nint context, nint callback, nint stack);

    [LibraryImport(Library, EntryPoint = "pcre2_match_8")]
    public static partial int Match(
        nint code, byte* subject, nuint length, nuint start, uint options, nint data, nint context);
}
