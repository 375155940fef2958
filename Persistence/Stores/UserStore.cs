using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence.Stores;

/// <summary>Users as others look them up; passwords are Identity's business.</summary>
public sealed class UserStore(DataFolder folder)
{
    public const string FirstName = "admin";
    public const string Administrator = "administrator";

    public async Task<User?> FindAsync(string name, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Users.AsNoTracking().FirstOrDefaultAsync(u => u.UserName == name, cancellation);
    }

    public async Task<IReadOnlyList<User>> ListAsync(CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Users.AsNoTracking().OrderBy(u => u.UserName).ToListAsync(cancellation);
    }

    /// <summary>
    /// Adds the first user, who signs in by link until there is a password; nothing when there is one.
    /// </summary>
    public async Task EnsureFirstAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        if (!await context.Users.AnyAsync(cancellation))
        {
            context.Users.Add(new User
            {
                UserName = FirstName,
                NormalizedUserName = FirstName.ToUpperInvariant(),
                Role = Administrator,
                CreatedAt = now,
                SecurityStamp = Guid.NewGuid().ToString("N"),
                LockoutEnabled = true,
            });
            await context.SaveChangesAsync(cancellation);
        }
    }
}
