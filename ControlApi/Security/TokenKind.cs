namespace ControlApi.Security;

/// <summary>Whose token: a signed-in person's or a program's.</summary>
public enum TokenKind
{
    Session,
    Key,
}
