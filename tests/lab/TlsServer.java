// A TLS server of Java: ADDRESS PORT KEYSTORE PROTOCOLS SUITES. Both lists are parted by commas, or they are `default`,
// or `all` that Java knows. It does what is asked for in a handshake and then says goodbye.
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;

public class TlsServer {
    private static final char[] PASSWORD = "secret".toCharArray();

    public static void main(String[] args) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = new FileInputStream(args[2])) {
            store.load(file, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLServerSocketFactory factory = context.getServerSocketFactory();
        SSLServerSocket server = (SSLServerSocket) factory.createServerSocket(Integer.parseInt(args[1]), 100,
            InetAddress.getByName(args[0]));
        if (!args[3].equals("default"))
            server.setEnabledProtocols(args[3].equals("all") ? server.getSupportedProtocols() : args[3].split(","));
        if (!args[4].equals("default"))
            server.setEnabledCipherSuites(args[4].equals("all") ? factory.getSupportedCipherSuites()
                : args[4].split(","));
        for (;;) {
            SSLSocket client = (SSLSocket) server.accept();
            Thread talk = new Thread(() -> shake(client));
            talk.setDaemon(true);
            talk.start();
        }
    }

    private static void shake(SSLSocket client) {
        try (client) {
            client.setSoTimeout(20000);
            client.startHandshake();
            client.getOutputStream().write("ok\n".getBytes());
        } catch (IOException e) {
            // what the client did wrong is its own to tell
        }
    }
}
