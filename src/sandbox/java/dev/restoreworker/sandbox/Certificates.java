package dev.restoreworker.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * Certificates for one broker and its clients, made anew for each folder. Each party signs its own
 * and is trusted by name, as with an authority for each: so there is always one that is not
 * trusted. Made by the keytool of the running JVM, which every one brings along.
 *
 * @param broker the broker's key: PKCS12
 * @param brokerCertificate what a client has to trust: PEM
 * @param client a client's key and certificate that the broker trusts: PEM
 * @param clientCertificate what the broker has to trust: PEM
 * @param stranger a key and certificate that nobody trusts: PEM, good as either
 */
public record Certificates(
        Path broker, Path brokerCertificate, Path client, Path clientCertificate, Path stranger) {

    /** Of the PKCS12 files; they guard nothing that outlives its test. */
    static final String PASSWORD = "sandbox-keystore";

    private static final String ALIAS = "own";

    /** Takes up those of an earlier start. */
    static Certificates in(Path folder) {
        try {
            Files.createDirectories(folder);
            var broker = store(folder, "broker");
            var client = store(folder, "client");
            var stranger = store(folder, "stranger");
            return new Certificates(
                    broker,
                    write(folder.resolve("broker-certificate.pem"), certificate(broker)),
                    write(folder.resolve("client.pem"), key(client) + certificate(client)),
                    write(folder.resolve("client-certificate.pem"), certificate(client)),
                    write(folder.resolve("stranger.pem"), key(stranger) + certificate(stranger)));
        } catch (IOException e) {
            throw new UncheckedIOException("No certificates can be made in " + folder, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("No certificates can be made in " + folder, e);
        }
    }

    private static Path store(Path folder, String name) throws IOException {
        var store = folder.resolve(name + ".p12");
        if (!Files.exists(store)) {
            keytool(store, name);
        }
        return store;
    }

    private static void keytool(Path store, String name) throws IOException {
        var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var process =
                new ProcessBuilder(
                                List.of(
                                        tool,
                                        "-genkeypair",
                                        "-alias",
                                        ALIAS,
                                        "-keyalg",
                                        "EC",
                                        "-groupname",
                                        "secp256r1",
                                        "-dname",
                                        "CN=" + name,
                                        "-ext",
                                        "san=dns:localhost,ip:127.0.0.1",
                                        "-validity",
                                        "30",
                                        "-storetype",
                                        "PKCS12",
                                        "-keystore",
                                        store.toString(),
                                        "-storepass",
                                        PASSWORD))
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), US_ASCII);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while keytool runs", e);
        }
    }

    private static String certificate(Path store) throws IOException, GeneralSecurityException {
        return pem("CERTIFICATE", open(store).getCertificate(ALIAS).getEncoded());
    }

    private static String key(Path store) throws IOException, GeneralSecurityException {
        var key = open(store).getKey(ALIAS, PASSWORD.toCharArray());
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static KeyStore open(Path store) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    private static String pem(String what, byte[] bytes) {
        var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, lines);
    }

    private static Path write(Path file, String text) throws IOException {
        return Files.writeString(file, text, US_ASCII);
    }
}
