package dev.restoreworker.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What the manual says that the worker must be allowed to do, and nothing else, as a broker has it.
 */
final class DocumentedAcls implements AutoCloseable {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(\\w+)` \\| (topic|group|transactional id) `([^`]+)` \\|");

    /** One row of the table. */
    record Acl(AclOperation operation, ResourceType type, String name) {

        /** What Kafka says to whom it is missing. */
        String refusal() {
            return switch (type) {
                case TOPIC -> "Not authorized to access topics: [" + name + "]";
                case GROUP -> "Not authorized to access group: " + name;
                case TRANSACTIONAL_ID -> "Transactional Id authorization failed";
                default -> throw new AssertionError(type);
            };
        }

        /** Else it is at the start alone that its lack shows at once. */
        boolean isUsedAllTheTime() {
            return type != ResourceType.GROUP
                    && !(type == ResourceType.TOPIC
                            && operation == AclOperation.READ
                            && name.equals("restore-worker-marker"));
        }

        private AclBinding of(String principal) {
            return new AclBinding(
                    new ResourcePattern(type, name, PatternType.LITERAL),
                    new AccessControlEntry(
                            "User:" + principal, "*", operation, AclPermissionType.ALLOW));
        }
    }

    private final Admin admin;

    /** {@code bootstrapServers} of the listener whose callers may do everything. */
    DocumentedAcls(String bootstrapServers) {
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    static List<Acl> all() {
        var found =
                ROW.matcher(Manual.section("What the worker must be allowed to do"))
                        .results()
                        .map(
                                row ->
                                        new Acl(
                                                AclOperation.fromString(row.group(1)),
                                                ResourceType.fromString(
                                                        row.group(2).replace(' ', '_')),
                                                row.group(3)))
                        .toList();
        assertThat(found).as("rows of the table").isNotEmpty();
        return found;
    }

    void grant(String principal, List<Acl> acls) {
        await(admin.createAcls(acls.stream().map(acl -> acl.of(principal)).toList()).all());
    }

    void revoke(String principal, Acl acl) {
        var revoked = await(admin.deleteAcls(List.of(acl.of(principal).toFilter())).all());
        assertThat(revoked).as("granted before").hasSize(1);
    }

    private static <T> T await(KafkaFuture<T> asked) {
        try {
            return asked.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
