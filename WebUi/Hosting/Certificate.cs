using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WebUi.Hosting;

/// <summary>
/// The appliance's own TLS certificate: DATA/tls/cert.pem and key.pem (PEM, 0600), ECDSA P-256, 397 days,
/// made at first start and made anew in its last 30 days.
/// </summary>
public static class Certificate
{
    private const int ValidDays = 397;
    private const int RenewDays = 30;
    private const string Subject = "CN=Microboxes Appliance";

    /// <summary>
    /// Loads the certificate in the data folder, making it when there is none or it is about to end.
    /// </summary>
    public static X509Certificate2 LoadOrCreate(string dataFolder, DateTimeOffset now)
    {
        string folder = Path.Combine(dataFolder, "tls");
        string certificatePath = Path.Combine(folder, "cert.pem");
        string keyPath = Path.Combine(folder, "key.pem");
        if (File.Exists(certificatePath) && File.Exists(keyPath))
        {
            using X509Certificate2 kept = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            bool ours = kept.Subject == Subject;
            if (!ours || kept.NotAfter.ToUniversalTime() - now.UtcDateTime > TimeSpan.FromDays(RenewDays))
            {
                return Usable(kept);
            }
        }
        CreateFolder(folder);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = Create(key, now);
        Write(keyPath, key.ExportPkcs8PrivateKeyPem());
        Write(certificatePath, made.ExportCertificatePem());
        return Usable(made);
    }

    private static X509Certificate2 Create(ECDsa key, DateTimeOffset now)
    {
        var request = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        string host = Dns.GetHostName();
        if (host != "localhost" && Uri.CheckHostName(host) == UriHostNameType.Dns)
        {
            names.AddDnsName(host);
        }
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        // A certificate that is its own authority, so that `curl --cacert cert.pem` can trust just this one.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(ValidDays));
    }

    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);

    private static void CreateFolder(string folder)
    {
        UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(folder, owner);
    }

    private static void Write(string path, string pem)
    {
        string half = path + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var writer = new StreamWriter(half, options))
        {
            writer.Write(pem);
            writer.Write('\n');
        }
        File.Move(half, path, overwrite: true);
    }
}
