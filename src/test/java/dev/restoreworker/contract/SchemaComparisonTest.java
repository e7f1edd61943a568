package dev.restoreworker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.restoreworker.contract.SchemaChange.Direction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which changes of a schema break whom. */
class SchemaComparisonTest {

    /** What goes in: what was taken must be taken. What goes out: what was there must be there. */
    @ParameterizedTest(name = "{0} -> {1} breaks in: {2}, out: {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // before | after | breaks those who write | breaks those who read
                "{}|{}|false|false",
                "{'title':'a'}|{'title':'b','description':'c','examples':[1]}|false|false",
                // fields
                "{'properties':{'a':{}}}|{'properties':{'a':{},'b':{'type':'string'}}}|false|false",
                "{'properties':{'a':{}}}|{'properties':{}}|true|true",
                "{'properties':{'a':{}}}|{}|true|true",
                "{'properties':{'a':{}}}|{'properties':{'a':false}}|true|false",
                "{}|{'properties':{'a':false}}|true|false",
                "{'required':['a']}|{'required':['a','b']}|true|false",
                "{'required':['a','b']}|{'required':['b']}|false|true",
                "{}|{'required':['a']}|true|false",
                "{}|{'additionalProperties':false}|true|false",
                "{'additionalProperties':false}|{'additionalProperties':true}|false|true",
                "{}|{'propertyNames':{'pattern':'a'}}|true|false",
                // types
                "{'type':'string'}|{'type':['string','null']}|false|true",
                "{'type':['string','null']}|{'type':'string'}|true|false",
                "{'type':'integer'}|{'type':'number'}|false|true",
                "{'type':'number'}|{'type':'integer'}|true|false",
                "{'type':'string'}|{'type':'integer'}|true|true",
                "{}|{'type':'string'}|true|false",
                "{'type':'string'}|{}|false|true",
                // names: who reads an enum must expect a new one
                "{'enum':['a']}|{'enum':['a','b']}|false|false",
                "{'enum':['a','b']}|{'enum':['a']}|true|true",
                "{'enum':['a','b']}|{'enum':['a','c']}|true|true",
                "{'enum':['a']}|{}|false|true",
                "{}|{'enum':['a']}|true|false",
                "{'const':'a'}|{'const':'b'}|true|true",
                "{'const':'a'}|{'enum':['a','b']}|false|false",
                "{'const':'a'}|{'enum':['a']}|false|false",
                // limits
                "{'minimum':1}|{'minimum':0}|false|true",
                "{'minimum':1}|{'minimum':2}|true|false",
                "{'minimum':1}|{'minimum':1.5}|true|false",
                "{'maximum':1}|{'maximum':2}|false|true",
                "{'maxLength':255}|{'maxLength':200}|true|false",
                "{'maxLength':255}|{}|false|true",
                "{}|{'maxLength':255}|true|false",
                "{'minItems':1}|{'minItems':2}|true|false",
                // rules that nobody can compare
                "{'pattern':'a'}|{'pattern':'ab'}|true|true",
                "{}|{'pattern':'a'}|true|false",
                "{'format':'uuid'}|{}|false|true",
                "{'$ref':'a'}|{'$ref':'b'}|true|true",
                "{'not':{'type':'null'}}|{'not':{'type':'string'}}|true|true",
                "{'oneOf':[{}]}|{'oneOf':[{},{}]}|true|true",
                "{'if':{'minimum':1}}|{'if':{'minimum':2}}|true|true",
                "{}|{'uniqueItems':true}|true|true",
                "{'$schema':'a'}|{'$schema':'b'}|true|true",
                // parts
                "{'allOf':[{}]}|{'allOf':[{},{'minimum':1}]}|true|false",
                "{'allOf':[{},{'minimum':1}]}|{'allOf':[{}]}|false|true",
                "{'anyOf':[{'minimum':1}]}|{'anyOf':[{'minimum':1},{'type':'null'}]}|false|true",
                "{'anyOf':[{'minimum':1},{'type':'null'}]}|{'anyOf':[{'minimum':1}]}|true|false",
                "{}|{'anyOf':[{'minimum':1},{'type':'null'}]}|true|false",
                "{'anyOf':[{'minimum':1}]}|{}|false|true",
                // deeper down
                "{'properties':{'a':{'type':'string'}}}|{'properties':{'a':{'type':'null'}}}|true|true",
                "{'items':{'required':['a']}}|{'items':{}}|false|true",
                "{'items':{'properties':{'a':{}}}}|{'items':{'properties':{'a':{},'b':{}}}}|false|false",
                "{'$defs':{'a':{'minimum':1}}}|{'$defs':{'a':{'minimum':2}}}|true|false",
                "{'$defs':{'a':{}}}|{'$defs':{'b':{}}}|false|false",
                // a condition on a field that has its name elsewhere
                "{'then':{}}|{'then':{'properties':{'a':{'type':'null'}}}}|true|false",
                "{'then':{'properties':{'a':{'type':'null'}}}}|{'then':{}}|false|true",
                "{'then':{'required':['a']}}|{'then':{}}|false|true",
                "{}|{'else':{'required':['a']}}|true|false",
            })
    void a_change_breaks_those_who_rely_on_what_was(
            String before, String after, boolean breaksIn, boolean breaksOut) {
        var changes =
                SchemaComparison.between(
                        Schemas.json(before.replace('\'', '"')),
                        Schemas.json(after.replace('\'', '"')));

        assertThat(changes.stream().anyMatch(change -> change.breaks(Direction.IN)))
                .as(changes::toString)
                .isEqualTo(breaksIn);
        assertThat(changes.stream().anyMatch(change -> change.breaks(Direction.OUT)))
                .as(changes::toString)
                .isEqualTo(breaksOut);
    }

    @Test
    void a_change_says_where_and_what() {
        var changes =
                SchemaComparison.between(
                        Schemas.json("{\"properties\": {\"a\": {\"enum\": [\"x\", \"y\"]}}}"),
                        Schemas.json("{\"properties\": {\"a\": {\"enum\": [\"x\"]}}}"));

        assertThat(changes.stream().map(Object::toString).collect(Collectors.toList()))
                .containsExactly("GONE at /properties/a: no value \"y\" any more");
    }
}
