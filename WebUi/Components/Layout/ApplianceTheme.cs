using MudBlazor;

namespace WebUi.Components.Layout;

/// <summary>Our two palettes. Text on each surface keeps a contrast of at least 4.5 to 1 (WCAG AA).</summary>
public static class ApplianceTheme
{
    // No font is fetched: Inter where a machine has it, else what the system uses for its own windows.
    private static readonly string[] Fonts =
        ["Inter", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"];

    public static MudTheme Create() => new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#1a53e6",
            Secondary = "#0b7a75",
            Background = "#f4f6fb",
            Surface = "#ffffff",
            DrawerBackground = "#ffffff",
            DrawerText = "#28344a",
            DrawerIcon = "#55627a",
            AppbarBackground = "#ffffff",
            AppbarText = "#111827",
            TextPrimary = "#111827",
            TextSecondary = "#55627a",
            ActionDefault = "#55627a",
            LinesDefault = "#e1e6ef",
            LinesInputs = "#8a96ab",
            TableLines = "#e8ecf3",
            Divider = "#e1e6ef",
            Error = "#c22330",
            Warning = "#8f5400",
            Info = "#0b66b8",
            Success = "#0f7346",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#6ea0ff",
            PrimaryContrastText = "#08101f",
            Secondary = "#3fd6c2",
            Background = "#0b0f17",
            BackgroundGray = "#0e1420",
            Surface = "#121927",
            DrawerBackground = "#0e1420",
            DrawerText = "#c6d0e2",
            DrawerIcon = "#93a1ba",
            AppbarBackground = "#0e1420",
            AppbarText = "#e8edf7",
            TextPrimary = "#e8edf7",
            TextSecondary = "#9dabc3",
            ActionDefault = "#9dabc3",
            LinesDefault = "#212c40",
            LinesInputs = "#5d6c86",
            TableLines = "#1b2538",
            Divider = "#212c40",
            Error = "#ff7b83",
            Warning = "#f4b64b",
            Info = "#62b8ff",
            Success = "#48d597",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px", DrawerWidthLeft = "228px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = "0.875rem" },
            Button = new ButtonTypography { FontFamily = Fonts, FontWeight = "600", TextTransform = "none" },
        },
    };
}
