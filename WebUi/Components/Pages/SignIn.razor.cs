using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Pages;

/// <summary>Sign-in with a password: plain HTML, so that it works before there is a circuit.</summary>
public sealed partial class SignIn
{
    /// <summary>Why the reader is here, as the sign-in requests say it.</summary>
    [SupplyParameterFromQuery]
    private string? Reason { get; set; }

    [SupplyParameterFromQuery]
    private string? Return { get; set; }

    private string Message => Reason switch
    {
        "wrong" => "User and password do not fit.",
        "locked" => "Too many attempts. Wait a minute, then try again.",
        "used" => "This link was used. “appliance link” prints a new one.",
        "away" => "ControlApi does not answer. Traffic goes on; try again in a moment.",
        "out" => "You are signed out.",
        _ => "",
    };
}
