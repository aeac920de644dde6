# Turns schema/NNNN_*.sql into one C file:
#   cmake -DOUT=schema.c "-DFILES=a.sql|b.sql" -P embed_sql.cmake
# The files become byte arrays, so that the program needs no file at run time and no string literal
# grows too long.
string(REPLACE "|" ";" FILES "${FILES}")
set(arrays "")
set(table "")
set(version 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  math(EXPR version "${version} + 1")
  string(REGEX MATCH "^[0-9]+" number "${name}")
  string(REGEX REPLACE "^0+" "" number "${number}")
  if(NOT number STREQUAL "${version}")
    message(FATAL_ERROR "${name}: expected migration ${version}: they count from 1 without gaps")
  endif()
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  if(bytes MATCHES "0x([89a-f].|00),")
    message(FATAL_ERROR "${name}: a byte that is not ASCII")
  endif()
  string(REPEAT "0x..," 16 row)
  string(REGEX REPLACE "(${row})" "\\1\n    " bytes "${bytes}")
  string(APPEND arrays "static const char sql_${version}[] = {\n    ${bytes}0x00};\n\n")
  string(APPEND table "    {${version}, \"${name}\", sql_${version}},\n")
endforeach()
file(WRITE "${OUT}" "/* made by db/embed_sql.cmake */
#include \"db/schema.h\"

${arrays}const struct migration schema_migrations[] = {
${table}};

const int schema_version = ${version};
")
